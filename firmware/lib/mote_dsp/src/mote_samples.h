/* The samples of a frame as the sensor gives them, read as float. */
#ifndef MOTE_SAMPLES_H
#define MOTE_SAMPLES_H

#include <stdint.h>

#include "mote_features.h"

typedef struct {
    mote_sample_type_t sample_type;
    uint32_t n_axes;   /* 1 or more; samples of one instant lie side by side */
    uint32_t length;   /* instants in the frame, 1 or more */
    const float *axis_scale; /* [n_axes]: what one unit of a sample is worth */
} mote_samples_t;

/* series[i] = the axis' sample i as float, times axis_scale[axis], for i < length.
 * `frame` holds length * n_axes samples of sample_type; it does not overlap `series`. */
void mote_samples_axis_f32(const mote_samples_t *samples, const void *frame, uint32_t axis,
                           float *series);

/* The same of all axes, which stay side by side: values[length * n_axes]. */
void mote_samples_f32(const mote_samples_t *samples, const void *frame, float *values);

#endif
