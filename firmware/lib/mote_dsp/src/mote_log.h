/* Natural logarithm without libm: the same bits on every machine. */
#ifndef MOTE_LOG_H
#define MOTE_LOG_H

#include <stdint.h>

#include "mote_lane.h"

/* log(x) of each lane for a positive, normal, finite x; anything else gives a meaningless number.
 * Within 0.9 ulp of the exact value (all of them were tried); log(1) is 0. */
mote_lane_t mote_log_f32(mote_lane_t x);

/* The scale on which energies are given. */
typedef struct {
    float offset; /* added to a value, 0 or more */
    float floor;  /* sums below it count as this much; positive and normal */
    float factor; /* of the natural logarithm; 0: no logarithm is taken, nothing is changed */
} mote_log_scale_t;

/* Replaces each of values[count], finite and 0 or more, by factor * log(max(value + offset, floor)),
 * the logarithm being that of mote_log_f32. The sum must be finite. */
void mote_log_scale_f32(const mote_log_scale_t *scale, mote_lane_t *values, uint32_t count);

#endif
