/* Natural logarithm without libm: the same bits on every machine. */
#ifndef MOTE_LOG_H
#define MOTE_LOG_H

#include <stdint.h>

#include "mote_lane.h"

/* log(x) of each lane for a positive, normal, finite x; anything else gives a meaningless number.
 * Within 0.9 ulp of the exact value (all of them were tried); log(1) is 0. */
mote_lane_t mote_log_f32(mote_lane_t x);

/* Replaces values[count] by their logarithms, each that of mote_log_f32. */
void mote_log_all_f32(mote_lane_t *values, uint32_t count);

#endif
