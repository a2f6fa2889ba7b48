/* Spectrum of each axis, bin by bin, linear or logarithmic. */
#ifndef MOTE_SPECTROGRAM_H
#define MOTE_SPECTROGRAM_H

#include <stdint.h>

#include "mote_log.h"
#include "mote_spectrum.h"

typedef struct {
    mote_spectrum_t spectrum; /* with bins from 0 to first_bin + n_bins - 1 */
    uint32_t first_bin;
    uint32_t n_bins;    /* kept, 1 or more */
    const float *gains; /* [spectrum.n_axes]: factor of the axis' powers or magnitudes */
    mote_log_scale_t log;
} mote_spectrogram_t;

/* A mote_features_compute_t whose parameters are a mote_spectrogram_t.
 * Writes features[spectrum.n_axes][n_bins], finite for all samples that mote_features_push takes;
 * scratch has spectrum.fft.n_fft + 1 lanes; the state is one lane for each axis if there is
 * pre-emphasis. */
void mote_spectrogram_compute(const void *frame, const void *parameters, void *state, void *scratch,
                              void *features);

#endif
