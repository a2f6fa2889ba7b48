#include "mote_wavelet.h"

/* Writes the features of one axis, the last first; returns where they begin. */
static float *reduce(const mote_wavelet_t *wavelet, float *signal, float *detail, float *row) {
    const mote_statistics_t *statistics = &wavelet->statistics;
    uint32_t length = wavelet->samples.length;
    for (uint32_t level = 0; level < wavelet->n_levels; level++) {
        length = mote_dwt_f32(&wavelet->dwt, signal, length, detail);
        row -= statistics->n_codes;
        mote_statistics_f32(statistics, detail, length, row);
    }
    row -= statistics->n_codes;
    mote_statistics_f32(statistics, signal, length, row);
    return row;
}

void mote_wavelet_compute(const void *frame, const void *parameters, void *state, void *scratch,
                          void *features) {
    (void)state;
    const mote_wavelet_t *wavelet = parameters;
    const mote_samples_t *samples = &wavelet->samples;
    float *const signal = (float *)scratch + wavelet->dwt.n_taps;
    float *const detail = signal + samples->length + wavelet->dwt.n_taps;
    const uint32_t n_features = (wavelet->n_levels + 1) * wavelet->statistics.n_codes;
    float *row = (float *)features + samples->n_axes * n_features;
    for (uint32_t axis = samples->n_axes; axis-- > 0;) {
        mote_samples_axis_f32(samples, frame, axis, signal);
        row = reduce(wavelet, signal, detail, row);
    }
}
