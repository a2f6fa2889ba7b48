/* Central moments of a series, in integers. */
#ifndef MOTE_MOMENTS_S32_H
#define MOTE_MOMENTS_S32_H

#include <stdint.h>

#include "mote_scaled.h"

/* As in mote_moments.h; `skewness` and `kurtosis` times 2^fraction_bits, which is up to 20. Both
 * saturate. */
typedef struct {
    mote_scaled_t std;
    int32_t skewness;
    int32_t kurtosis;
} mote_moments_s32_t;

/* The moments of series[count], 1 to 2^16 values within +-2^27 whose mean is 0. Of each the 15
 * highest bits count, so the largest value should be near 2^27. */
mote_moments_s32_t mote_moments_s32(const int32_t *series, uint32_t count, uint32_t fraction_bits);

#endif
