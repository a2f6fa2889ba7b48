/* Mel-frequency cepstral coefficients: the discrete cosine transform of log-mel energies. */
#ifndef MOTE_MFCC_H
#define MOTE_MFCC_H

#include <stdbool.h>
#include <stdint.h>

#include "mote_mfe.h"

typedef struct {
    mote_mfe_t mfe;   /* with a logarithm; with all n_fft / 2 + 1 bins if energy_c0 */
    bool energy_c0;   /* a feature before the rows': the logarithm of the sum of all bins */
    uint32_t n_rows;  /* of the transform */
    const float *dct; /* [n_rows][mfe.n_mels], times the lifter */
} mote_mfcc_t;

/* A mote_features_compute_t whose parameters are a mote_mfcc_t.
 * Writes n_rows features, and one more if energy_c0, finite for all samples that
 * mote_features_push takes; scratch has mfe.spectrum.fft.n_fft + 1 + mfe.n_mels lanes; the state is
 * that of mfe. */
void mote_mfcc_compute(const void *frame, const void *parameters, void *state, void *scratch,
                       void *features);

#endif
