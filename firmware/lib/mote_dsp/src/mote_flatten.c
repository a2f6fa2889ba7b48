#include "mote_flatten.h"

void mote_flatten_compute(const void *frame, const void *parameters, void *state, void *scratch,
                          void *features) {
    (void)state;
    const mote_flatten_t *flatten = parameters;
    const mote_samples_t *samples = &flatten->samples;
    float *series = scratch;
    float *row = features;
    for (uint32_t axis = 0; axis < samples->n_axes; axis++) {
        mote_samples_axis_f32(samples, frame, axis, series);
        mote_statistics_f32(&flatten->statistics, series, samples->length, row);
        row += flatten->statistics.n_codes;
    }
}
