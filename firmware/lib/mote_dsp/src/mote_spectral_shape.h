/* What a power spectrum of a few bins says: its moments, its bands and its peaks. */
#ifndef MOTE_SPECTRAL_SHAPE_H
#define MOTE_SPECTRAL_SHAPE_H

#include <stdint.h>

/* Moments of the power over the bin number, as if the power were a probability; in bins. */
typedef struct {
    float centroid; /* mean */
    float spread;   /* standard deviation */
    float skewness; /* third standardized moment */
    float kurtosis; /* fourth standardized moment, minus 3 */
} mote_spectral_moments_t;

/* Of power[n_bins], finite, not negative, below 2^104. All moments are 0 if the sum is below 2^-126;
 * skewness and kurtosis are 0 if the spread is below 2^-10 bins. */
mote_spectral_moments_t mote_spectral_moments_f32(const float *power, uint32_t n_bins);

/* Sum of power[first..end - 1]. */
float mote_spectral_sum_f32(const float *power, uint32_t first, uint32_t end);

/* The peak next in order after the peak `previous`: highest first, of equals the lowest bin first;
 * the first peak if `previous` is 0. A peak is a bin that is higher than both its neighbours (the
 * first and the last bin have only one, so are none) and at least `threshold`. Returns its bin, or
 * 0 if there are no more. n_bins is at least 1, previous less than n_bins. */
uint32_t mote_spectral_next_peak_f32(const float *power, uint32_t n_bins, float threshold,
                                     uint32_t previous);

#endif
