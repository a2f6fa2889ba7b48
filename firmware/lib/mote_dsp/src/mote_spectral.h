/* Features of vibration and motion: each axis by itself is filtered and described by its
 * statistics and by its spectrum. */
#ifndef MOTE_SPECTRAL_H
#define MOTE_SPECTRAL_H

#include <stdint.h>

#include "mote_samples.h"
#include "mote_spectral_outputs.h"
#include "mote_welch.h"

typedef struct {
    mote_samples_t samples;
    uint32_t decimation; /* every decimation-th filtered sample is kept, from the first on */
    uint32_t n_decimation_sections;
    const float *decimation_sections; /* low-pass against aliases, as in mote_biquad.h */
    uint32_t n_filter_sections;
    const float *filter_sections; /* at the decimated rate, as in mote_biquad.h */
    mote_welch_t welch;
    mote_spectral_outputs_t outputs;
    float bin_width;      /* Hz */
    float peak_threshold; /* power of the lowest peak that counts */
    float log_factor; /* bands, heights and bins are log_factor * ln(power); if 0, the power */
    float log_floor;  /* power below it counts as this much there; positive and normal */
} mote_spectral_t;

/* A mote_features_compute_t whose parameters are a mote_spectral_t.
 * Per axis: samples minus the first of them (so that the filters start in the steady state of the
 * first sample), low-pass and decimation, filter, statistics, mean removed, Welch spectrum.
 * scratch holds as many floats as samples.length + 3 * n_fft / 2 + 2; there is no state.
 * Finite for any samples that mote_features_push accepts. */
void mote_spectral_compute(const void *frame, const void *parameters, void *state, void *scratch,
                           void *features);

#endif
