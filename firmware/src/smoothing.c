#include "smoothing.h"

void mote_smoothing_init(mote_smoothing_t *state, uint8_t *history, size_t n_labels,
                         size_t n_windows, uint32_t threshold_q8) {
    state->history = history;
    state->n_labels = n_labels;
    state->n_windows = n_windows;
    state->threshold_q8 = threshold_q8;
    mote_smoothing_reset(state);
}

void mote_smoothing_reset(mote_smoothing_t *state) {
    state->n_filled = 0;
    state->next = 0;
}

static uint32_t sum_of_label(const mote_smoothing_t *state, size_t label) {
    uint32_t sum = 0;
    for (size_t window = 0; window < state->n_filled; window++) {
        sum += state->history[window * state->n_labels + label];
    }
    return sum;
}

int32_t mote_smoothing_push_s8(mote_smoothing_t *state, const int8_t *output) {
    uint8_t *row = &state->history[state->next * state->n_labels];
    for (size_t label = 0; label < state->n_labels; label++) {
        row[label] = (uint8_t)(output[label] + 128);
    }
    state->next = (state->next + 1u) % state->n_windows;
    if (state->n_filled < state->n_windows) {
        state->n_filled++;
    }

    int32_t best = 0;
    uint32_t best_sum = sum_of_label(state, 0);
    for (size_t label = 1; label < state->n_labels; label++) {
        uint32_t sum = sum_of_label(state, label);
        if (sum > best_sum) {
            best = (int32_t)label;
            best_sum = sum;
        }
    }
    return best_sum >= state->threshold_q8 * state->n_filled ? best : MOTE_SMOOTHING_NONE;
}
