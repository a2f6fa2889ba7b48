/* Mel-frequency cepstral coefficients of int16 samples in integers: the discrete cosine transform
 * of log-mel energies. */
#ifndef MOTE_MFCC_S32_H
#define MOTE_MFCC_S32_H

#include <stdbool.h>
#include <stdint.h>

#include "mote_mfe_s32.h"

typedef struct {
    mote_mfe_s32_t mfe; /* with all fft.n_fft / 2 + 1 bins if energy_c0 */
    bool energy_c0;     /* a feature before the rows': the logarithm of the power of all bins */
    int32_t log2_gain;  /* times 2^24: added to log2 of that power; above -97 */
    uint32_t n_rows;    /* of the transform */
    uint32_t shift;     /* 1 to 6: fraction bits that a sum has beyond a feature's */
    const int32_t *dct; /* [n_rows][mfe.n_mels]: features of octaves, times the lifter and, for f
                         * fraction bits, 2^(f + 8 + shift); no sum of a row exceeds 2^30 */
} mote_mfcc_s32_t;

/* A mote_features_compute_t whose parameters are a mote_mfcc_s32_t.
 * Writes n_rows int32_t features, and one more if energy_c0; the state is that of mfe; scratch has
 * fft.n_fft + 2 + n_mels int32_t. */
void mote_mfcc_s32_compute(const void *frame, const void *parameters, void *state, void *scratch,
                           void *features);

#endif
