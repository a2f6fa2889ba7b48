/* Statistics of the sub-bands into which a discrete wavelet transform splits each axis. */
#ifndef MOTE_WAVELET_H
#define MOTE_WAVELET_H

#include "mote_dwt.h"
#include "mote_samples.h"
#include "mote_statistics.h"

typedef struct {
    mote_samples_t samples;
    mote_dwt_t dwt;
    uint32_t n_levels; /* 1 or more; each level's input has at least dwt.n_taps - 1 values */
    mote_statistics_t statistics;
} mote_wavelet_t;

/* A mote_features_compute_t whose parameters are a mote_wavelet_t.
 * Writes features[samples.n_axes][n_levels + 1][statistics.n_codes], float: the approximation of
 * the last level, its detail, then the details of the levels before, down to the first (the highest
 * frequencies). No state; scratch has samples.length + 2 * dwt.n_taps +
 * (samples.length + dwt.n_taps - 1) / 2 floats. Finite for any samples. */
void mote_wavelet_compute(const void *frame, const void *parameters, void *state, void *scratch,
                          void *features);

#endif
