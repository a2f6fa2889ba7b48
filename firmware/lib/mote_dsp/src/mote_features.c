#include "mote_features.h"

#include <string.h>

#include "mote_lane.h"

void mote_features_init(mote_features_t *features, const mote_features_config_t *config,
                        void *frame_buffer, void *block_state, void *scratch) {
    features->config = config;
    features->frame = frame_buffer;
    features->state = block_state;
    features->scratch = scratch;
    mote_features_reset(features);
}

void mote_features_reset(mote_features_t *features) {
    features->filled = 0;
    features->skip = 0;
    if (features->config->state_size > 0u) {
        memset(features->state, 0, features->config->state_size);
    }
}

static size_t sample_size(const mote_features_config_t *config) {
    const size_t value_size =
        config->sample_type == MOTE_SAMPLES_F32 ? sizeof(mote_lane_t) : sizeof(mote_lane_s16_t);
    return value_size * config->n_axes;
}

/* Keeps the samples that the next frame shares with this one. */
static void advance(mote_features_t *features) {
    const uint32_t frame_length = features->config->frame_length;
    const uint32_t hop_length = features->config->hop_length;
    if (hop_length < frame_length) {
        const size_t size = sample_size(features->config);
        features->filled = frame_length - hop_length;
        memmove(features->frame, (const char *)features->frame + hop_length * size,
                features->filled * size);
    } else {
        features->filled = 0;
        features->skip = hop_length - frame_length;
    }
}

/* Whether all floats in so many bytes are. No early end: the compiler may compare several at once. */
static bool allowed_f32(const char *values, size_t size) {
    uint32_t largest = 0;
    for (size_t i = 0; i < size; i += sizeof(uint32_t)) {
        uint32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        bits &= 0x7fffffffu;
        largest = bits > largest ? bits : largest;
    }
    return largest <= MOTE_SAMPLE_MAX_BITS;
}

mote_features_status_t mote_features_push(mote_features_t *features, const void *samples,
                                          size_t count, size_t *taken, void *values, bool *ready) {
    const mote_features_config_t *config = features->config;
    const size_t size = sample_size(config);
    const size_t skipped = count < features->skip ? count : features->skip;
    const size_t left = count - skipped;
    const size_t missing = config->frame_length - features->filled;
    const size_t copied = left < missing ? left : missing;
    *taken = 0;
    *ready = false;
    if (config->sample_type == MOTE_SAMPLES_F32 &&
        !allowed_f32(samples, (skipped + copied) * size)) {
        return MOTE_FEATURES_REJECTED;
    }
    memcpy((char *)features->frame + features->filled * size,
           (const char *)samples + skipped * size, copied * size);
    features->skip -= (uint32_t)skipped;
    features->filled += (uint32_t)copied;
    *taken = skipped + copied;
    *ready = copied == missing;
    if (*ready) {
        config->compute(features->frame, config->parameters, features->state, features->scratch,
                        values);
        advance(features);
    }
    return MOTE_FEATURES_OK;
}
