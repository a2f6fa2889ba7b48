#include "mote_microfrontend.h"

#include <stddef.h>

#include "mote_microfrontend_channels.h"
#include "mote_microfrontend_wide.h"
#include "mote_microfrontend_window.h"

#define FEATURE_MAX 65535u

/* Weighted sums of a segment's bins. */
typedef struct {
    uint64_t rising;
    uint64_t falling;
} segment_t;

static segment_t sum_segment(const uint32_t *power, uint32_t bins, const uint16_t *weights) {
    segment_t sums = {0, 0};
    for (const uint32_t *end = power + bins; power < end; power++) {
        sums.rising += multiply_32x16(*power, weights[0]);
        sums.falling += multiply_32x16(*power, weights[1]);
        weights += 2;
    }
    return sums;
}

static uint32_t channel_feature(const mote_microfrontend_t *parameters, uint32_t channel,
                                uint32_t magnitude, uint32_t *estimate) {
    const mote_microfrontend_noise_t *noise = &parameters->noise;
    const uint32_t smoothing = channel % 2 == 0 ? noise->even_smoothing : noise->odd_smoothing;
    uint32_t value = mote_microfrontend_reduce_noise(noise, smoothing, magnitude, estimate);
    if (parameters->gain.gains != NULL) {
        value = mote_microfrontend_control_gain(&parameters->gain, *estimate, value);
    }
    if (parameters->log.corrections != NULL) {
        value = mote_microfrontend_log(&parameters->log, value);
    }
    return value < FEATURE_MAX ? value : FEATURE_MAX;
}

void mote_microfrontend_compute(const void *frame, const void *parameters, void *state,
                                void *scratch, void *features) {
    const mote_microfrontend_t *self = parameters;
    const mote_microfrontend_filterbank_t *filterbank = &self->filterbank;
    uint32_t *power = scratch;
    uint32_t *estimates = state;
    int32_t *out = features;
    const uint32_t shift = mote_microfrontend_window(self, frame, power);
    mote_microfrontend_power(&self->fft, shift, power);

    const uint16_t *starts = filterbank->channel_starts;
    const uint16_t *weights = filterbank->weights;
    uint64_t energy = 0;
    for (uint32_t segment = 0; segment <= filterbank->n_channels; segment++) {
        const uint32_t bins = (uint32_t)(starts[segment + 1] - starts[segment]);
        const segment_t sums = sum_segment(power + starts[segment], bins, weights);
        weights += 2 * bins;
        if (segment > 0) {
            const uint32_t channel = segment - 1;
            const uint32_t magnitude = mote_microfrontend_sqrt(energy + sums.falling) >> shift;
            out[channel] = (int32_t)channel_feature(self, channel, magnitude, &estimates[channel]);
        }
        energy = sums.rising;
    }
}
