/* Features of vibration and motion: each axis by itself is filtered and described by its
 * statistics and by its spectrum. */
#ifndef MOTE_SPECTRAL_H
#define MOTE_SPECTRAL_H

#include <stdbool.h>
#include <stdint.h>

#include "mote_samples.h"
#include "mote_welch.h"

typedef enum {
    MOTE_SPECTRAL_RMS,
    MOTE_SPECTRAL_SKEWNESS,
    MOTE_SPECTRAL_KURTOSIS,
} mote_spectral_statistic_t;

typedef enum {
    MOTE_SPECTRAL_CENTROID,
    MOTE_SPECTRAL_SPREAD,
    MOTE_SPECTRAL_MOMENT_SKEWNESS,
    MOTE_SPECTRAL_MOMENT_KURTOSIS,
} mote_spectral_moment_t;

/* What is written for each axis, in the order of the members that count it. */
typedef struct {
    mote_samples_t samples;
    uint32_t decimation; /* every decimation-th filtered sample is kept, from the first on */
    uint32_t n_decimation_sections;
    const float *decimation_sections; /* low-pass against aliases, as in mote_biquad.h */
    uint32_t n_filter_sections;
    const float *filter_sections; /* at the decimated rate, as in mote_biquad.h */
    mote_welch_t welch;

    uint32_t n_statistics;
    const uint8_t *statistics; /* [n_statistics], mote_spectral_statistic_t */
    uint32_t n_moments;
    const uint8_t *moments; /* [n_moments], mote_spectral_moment_t */
    uint32_t n_bands;
    const uint16_t *bands;   /* [n_bands][2]: first bin, bin after the last */
    uint32_t n_peaks;        /* pairs of frequency (Hz) and height, highest first; 0, floor if none */
    float peak_threshold;    /* power of the lowest peak that counts */
    bool spectrum_bins;      /* all of the spectrum */
    float bin_width;         /* Hz */
    float log_factor;        /* bands, heights and bins are log_factor * ln(power), or as they are
                              * if it is 0 */
    float log_floor;         /* power below it counts as this much; positive and normal */
} mote_spectral_t;

/* A mote_features_compute_t whose parameters are a mote_spectral_t.
 * Per axis: samples minus the first of them (so that the filters start in the steady state of the
 * first sample), low-pass and decimation, filter, statistics, mean removed, Welch spectrum.
 * scratch holds as many floats as samples.length + 3 * n_fft / 2 + 2; there is no state.
 * Finite for any samples that mote_features_push accepts. */
void mote_spectral_compute(const void *frame, const void *parameters, void *state, void *scratch,
                           void *features);

#endif
