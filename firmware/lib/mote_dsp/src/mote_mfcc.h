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
 * Writes features[n_mfcc]; scratch has mfe.fft.n_fft + mfe.n_mels floats. Finite for any samples. */
void mote_mfcc_compute(const int16_t *frame, const void *parameters, float *scratch,
                       float *features);

#endif
