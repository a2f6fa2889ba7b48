/* Mel-frequency cepstral coefficients: the orthonormal DCT-II of log-mel energies. */
#ifndef MOTE_MFCC_H
#define MOTE_MFCC_H

#include <stdint.h>

#include "mote_mfe.h"

typedef struct {
    mote_mfe_t mfe;
    uint32_t n_mfcc;  /* coefficients, at most mfe.n_mels */
    const float *dct; /* [n_mfcc][mfe.n_mels] */
} mote_mfcc_t;

/* A mote_features_compute_t whose parameters are a mote_mfcc_t.
 * Takes int16 samples, keeps no state, writes float features[n_mfcc], finite for any samples;
 * scratch has mfe.fft.n_fft + mfe.n_mels floats. */
void mote_mfcc_compute(const void *frame, const void *parameters, void *state, void *scratch,
                       void *features);

#endif
