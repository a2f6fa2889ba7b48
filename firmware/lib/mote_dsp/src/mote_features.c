#include "mote_features.h"

#include <string.h>

void mote_features_init(mote_features_t *state, const mote_features_config_t *config,
                        int16_t *frame_buffer, float *scratch) {
    state->config = config;
    state->frame = frame_buffer;
    state->scratch = scratch;
    mote_features_reset(state);
}

void mote_features_reset(mote_features_t *state) {
    state->filled = 0;
    state->skip = 0;
}

/* Keeps the samples that the next frame shares with this one. */
static void advance(mote_features_t *state) {
    const uint32_t frame_length = state->config->frame_length;
    const uint32_t hop_length = state->config->hop_length;
    if (hop_length < frame_length) {
        state->filled = frame_length - hop_length;
        memmove(state->frame, state->frame + hop_length, state->filled * sizeof *state->frame);
    } else {
        state->filled = 0;
        state->skip = hop_length - frame_length;
    }
}

size_t mote_features_push(mote_features_t *state, const int16_t *samples, size_t count,
                          float *features, bool *ready) {
    const mote_features_config_t *config = state->config;
    const size_t skipped = count < state->skip ? count : state->skip;
    state->skip -= (uint32_t)skipped;

    const size_t left = count - skipped;
    const size_t missing = config->frame_length - state->filled;
    const size_t copied = left < missing ? left : missing;
    memcpy(state->frame + state->filled, samples + skipped, copied * sizeof *samples);
    state->filled += (uint32_t)copied;

    *ready = copied == missing;
    if (*ready) {
        config->compute(state->frame, config->parameters, state->scratch, features);
        advance(state);
    }
    return skipped + copied;
}
