#include "mote_events.h"

#include <string.h>

void mote_events_init(mote_events_t *state, const mote_events_config_t *config, uint8_t *history) {
    state->config = config;
    state->history = history;
    mote_events_reset(state);
}

void mote_events_reset(mote_events_t *state) {
    state->n_filled = 0;
    state->next = 0;
    state->suppressed = 0;
}

static void keep(mote_events_t *state, const uint8_t *scores) {
    const mote_events_config_t *config = state->config;
    memcpy(&state->history[state->next * config->n_labels], scores, config->n_labels);
    state->next = state->next + 1u == config->n_windows ? 0 : state->next + 1u;
    if (state->n_filled < config->n_windows) {
        state->n_filled++;
    }
}

static uint32_t sum_of_label(const mote_events_t *state, uint32_t label) {
    const uint32_t n_labels = state->config->n_labels;
    uint32_t sum = 0;
    for (uint32_t window = 0; window < state->n_filled; window++) {
        sum += state->history[window * n_labels + label];
    }
    return sum;
}

mote_decision_t mote_events_push(mote_events_t *state, const uint8_t *scores) {
    const mote_events_config_t *config = state->config;
    keep(state, scores);

    uint32_t best = 0;
    uint32_t best_sum = sum_of_label(state, 0);
    for (uint32_t label = 1; label < config->n_labels; label++) {
        const uint32_t sum = sum_of_label(state, label);
        if (sum > best_sum) {
            best = label;
            best_sum = sum;
        }
    }

    const bool sure = best_sum >= config->threshold * state->n_filled;
    const bool event = sure && state->suppressed == 0u && config->background[best] == 0u;
    if (event) {
        state->suppressed = config->suppression_windows;
    } else if (state->suppressed > 0u) {
        state->suppressed--;
    }
    return (mote_decision_t){
        .label = sure ? (int32_t)best : MOTE_EVENTS_NO_LABEL,
        .score = best_sum / state->n_filled,
        .event = event,
    };
}
