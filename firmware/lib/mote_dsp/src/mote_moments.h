/* Mean, extremes and central moments of a series, in float32 and in two passes. */
#ifndef MOTE_MOMENTS_H
#define MOTE_MOMENTS_H

#include <stdint.h>

/* Of the population, as numpy.std and scipy.stats.skew and kurtosis give them by default: sums are
 * divided by the count. With d = x - mean and <> for the mean over the series: */
typedef struct {
    float mean;
    float min;
    float max;
    float rms;      /* sqrt(<x^2>) */
    float std;      /* sqrt(<d^2>) */
    float skewness; /* <d^3> / std^3; 0 where all values are equal */
    float kurtosis; /* <d^4> / std^4 - 3; 0 where all values are equal */
} mote_moments_t;

/* The moments of series[0], series[stride], ... series[(count - 1) * stride].
 * `count` is 1 to 2^16, |values| at most 2^62; then all results are finite. Values are counted from
 * the first one, so a large offset costs no accuracy and equal values have a std of exactly 0; and
 * deviations are scaled by a power of two, so small ones do not vanish when squared. */
void mote_moments_f32(const float *series, uint32_t stride, uint32_t count,
                      mote_moments_t *moments);

#endif
