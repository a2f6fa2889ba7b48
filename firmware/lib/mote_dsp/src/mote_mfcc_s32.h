/* Mel-frequency cepstral coefficients of int16 samples in integers: the discrete cosine transform
 * of log-mel energies. */
#ifndef MOTE_MFCC_S32_H
#define MOTE_MFCC_S32_H

#include <stdint.h>

#include "mote_mfe_s32.h"

typedef struct {
    mote_mfe_s32_t mfe; /* its log_factor is not used */
    uint32_t n_mfcc;    /* coefficients, at most mfe.n_mels */
    uint32_t shift;     /* 1 to 6: fraction bits that a sum has beyond a feature's */
    const int32_t *dct; /* [n_mfcc][mfe.n_mels]: features of octaves, times the lifter and, for f
                         * fraction bits, 2^(f + 8 + shift); no sum of a row exceeds 2^30 */
} mote_mfcc_s32_t;

/* A mote_features_compute_t whose parameters are a mote_mfcc_s32_t.
 * Writes int32_t features[n_mfcc]; the state is that of mfe; scratch has
 * fft.n_fft + 2 + n_mels int32_t. */
void mote_mfcc_s32_compute(const void *frame, const void *parameters, void *state, void *scratch,
                           void *features);

#endif
