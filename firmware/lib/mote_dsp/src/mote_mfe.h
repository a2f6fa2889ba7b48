/* Mel energies of one frame: spectrum, mel filterbank, logarithm.
 *
 * The filters are triangles of which each falls where the next one rises, so each bin lies in one
 * segment between two neighbouring edges: with a rising weight r its falling weight is 1 - r. Only
 * r is stored. A filter whose height is not 1 has a gain. */
#ifndef MOTE_MFE_H
#define MOTE_MFE_H

#include <stdint.h>

#include "mote_log.h"
#include "mote_spectrum.h"

typedef struct {
    mote_spectrum_t spectrum;   /* of one axis, with bins from 0 to mel_starts[n_mels + 1] */
    uint32_t n_mels;            /* filters */
    const uint16_t *mel_starts; /* [n_mels + 2]: first bin of each segment, then the end */
    const float *mel_weights; /* [mel_starts[n_mels + 1] - mel_starts[0]]: rising weights, 0..1 */
    const float *mel_gains;   /* [n_mels], or NULL if all are 1 */
    mote_log_scale_t log;
} mote_mfe_t;

/* A mote_features_compute_t whose parameters are a mote_mfe_t.
 * Writes features[n_mels], finite for all samples that mote_features_push takes; scratch has
 * fft.n_fft + 1 lanes and holds the spectrum afterwards, bin k at scratch[2 * k]; the state is one
 * lane if there is pre-emphasis. */
void mote_mfe_compute(const void *frame, const void *parameters, void *state, void *scratch,
                      void *features);

#endif
