/* What a power spectrum says, in integers: as in mote_spectral_shape.h. */
#ifndef MOTE_SPECTRAL_SHAPE_S32_H
#define MOTE_SPECTRAL_SHAPE_S32_H

#include <stdint.h>

#include "mote_scaled.h"

/* `skewness` and `kurtosis` times 2^fraction_bits, fraction_bits up to 20; both saturate. */
typedef struct {
    mote_scaled_t centroid; /* bins */
    mote_scaled_t spread;   /* bins */
    int32_t skewness;
    int32_t kurtosis;
} mote_spectral_moments_s32_t;

/* Of power[n_bins] with n_bins up to 2^11 + 1, whose sum is below 2^63. All moments are 0 if the
 * sum is; skewness and kurtosis are 0 if the spread is below 2^-10 bins. */
mote_spectral_moments_s32_t mote_spectral_moments_s32(const uint64_t *power, uint32_t n_bins,
                                                      uint32_t fraction_bits);

/* Sum of power[first..end - 1]. */
uint64_t mote_spectral_sum_s32(const uint64_t *power, uint32_t first, uint32_t end);

/* As mote_spectral_next_peak_f32, of any height. */
uint32_t mote_spectral_next_peak_s32(const uint64_t *power, uint32_t n_bins, uint32_t previous);

#endif
