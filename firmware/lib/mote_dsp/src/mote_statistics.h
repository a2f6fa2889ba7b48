/* Numbers that say how a series of values is distributed. */
#ifndef MOTE_STATISTICS_H
#define MOTE_STATISTICS_H

#include <stdint.h>

/* The values of a statistic's code; mote_moments.h defines the moments. */
typedef enum {
    MOTE_MEAN,
    MOTE_MIN,
    MOTE_MAX,
    MOTE_RMS,
    MOTE_STD,
    MOTE_SKEWNESS,
    MOTE_KURTOSIS,
    MOTE_ENERGY,         /* sum of x^2 */
    MOTE_ENTROPY,        /* -sum of p log(p) with p = x^2 / energy, in nats; 0 if the energy
                          * is no normal number */
    MOTE_ZERO_CROSSINGS, /* neighbours of which one is above 0 and the other is not */
    MOTE_MEAN_CROSSINGS, /* the same about the mean */
    /* Of the sorted values, between two of them in proportion (numpy.percentile's default). */
    MOTE_PERCENTILE_5,
    MOTE_PERCENTILE_25,
    MOTE_MEDIAN,
    MOTE_PERCENTILE_75,
    MOTE_PERCENTILE_95
} mote_statistic_t;

typedef struct {
    uint32_t n_codes;     /* 1 or more */
    const uint8_t *codes; /* [n_codes], each a mote_statistic_t */
} mote_statistics_t;

/* features[k] = the statistic codes[k] of series[count], for k < n_codes.
 * `count` is 1 to 2^16, |values| at most 2^55; then all results are finite. `series` is sorted if a
 * percentile is among the codes. It does not overlap `features`. */
void mote_statistics_f32(const mote_statistics_t *statistics, float *series, uint32_t count,
                         float *features);

#endif
