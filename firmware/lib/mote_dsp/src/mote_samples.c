#include "mote_samples.h"

static void scale_axis(const mote_samples_t *samples, const void *frame, uint32_t axis,
                       float *values, uint32_t stride) {
    const uint32_t n_axes = samples->n_axes;
    const float scale = samples->axis_scale[axis];
    const float *const end = values + samples->length * stride;
    if (samples->sample_type == MOTE_SAMPLES_S16) {
        const int16_t *sample = (const int16_t *)frame + axis;
        for (; values != end; values += stride, sample += n_axes) {
            *values = (float)*sample * scale;
        }
    } else {
        const float *sample = (const float *)frame + axis;
        for (; values != end; values += stride, sample += n_axes) {
            *values = *sample * scale;
        }
    }
}

void mote_samples_axis_f32(const mote_samples_t *samples, const void *frame, uint32_t axis,
                           float *series) {
    scale_axis(samples, frame, axis, series, 1);
}

void mote_samples_f32(const mote_samples_t *samples, const void *frame, float *values) {
    for (uint32_t axis = 0; axis < samples->n_axes; axis++) {
        scale_axis(samples, frame, axis, values + axis, samples->n_axes);
    }
}
