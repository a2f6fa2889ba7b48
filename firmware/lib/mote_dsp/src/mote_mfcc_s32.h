/* Mel-frequency cepstral coefficients of int16 samples in integers. */
#ifndef MOTE_MFCC_S32_H
#define MOTE_MFCC_S32_H

#include <stdint.h>

#include "mote_mfe_s32.h"

typedef struct {
    mote_mfe_s32_t mfe; /* its factor is not used */
    uint32_t n_mfcc;    /* coefficients, at most mfe.n_mels */
    uint32_t shift;     /* guard bits of the sums, 1 or more */
    const int32_t *dct; /* [n_mfcc][mfe.n_mels], times 2^(f + 8 + shift) and the logarithm's factor,
                         * for features of f fraction bits; a row's magnitudes times those of the
                         * energies stay below 2^63 */
} mote_mfcc_s32_t;

/* A mote_features_compute_t whose parameters are a mote_mfcc_s32_t.
 * Writes int32_t features[n_mfcc]; the state is an int16_t; scratch has
 * fft.n_fft + 2 + n_mels int32_t. */
void mote_mfcc_s32_compute(const void *frame, const void *parameters, void *state, void *scratch,
                           void *features);

#endif
