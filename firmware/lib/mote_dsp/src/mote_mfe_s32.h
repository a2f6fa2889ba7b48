/* Log-mel energies of int16 samples in integers: spectrum, mel filterbank of its power or
 * magnitude, logarithm.
 *
 * The filters are packed as in mote_mfe.h: each bin lies in one segment between two neighbouring
 * filter edges, with a rising weight r in one filter and 1 - r in the one before. Each segment is
 * normalized by its loudest bin, so that its sums take 32 bits whatever the spectrum's range. */
#ifndef MOTE_MFE_S32_H
#define MOTE_MFE_S32_H

#include <stdbool.h>
#include <stdint.h>

#include "mote_spectrum_s32.h"

typedef struct {
    mote_spectrum_s32_t spectrum; /* of one axis, with mel_starts[n_mels + 1] bins or more */
    bool is_magnitude;            /* filters weigh the magnitude of the bins, else their power */
    uint32_t n_mels;              /* filters */
    const uint16_t *mel_starts;   /* [n_mels + 2]: first bin of each segment, then the end */
    const uint16_t *mel_weights; /* [mel_starts[n_mels + 1] - mel_starts[0]]: rising, times 2^16 */
    const int32_t *log2_gains; /* [n_mels], times 2^24: added to log2 of an energy; above -97 */
    int32_t log2_floor; /* 2^24 log2 of the least energy told apart */
    int32_t log_factor; /* of a feature with f fraction bits: 2^(f + 8) per octave */
} mote_mfe_s32_t;

/* Writes 2^24 log2 of the energies into log2_mel[n_mels]. The other arguments, what is in the buffer
 * afterwards and the result are those of mote_spectrum_s32. */
uint32_t mote_mfe_s32_log2(const mote_mfe_s32_t *mfe, const int16_t *frame, int16_t *state,
                           int32_t *buffer, int32_t *log2_mel);

/* A mote_features_compute_t whose parameters are a mote_mfe_s32_t.
 * Writes int32_t features[n_mels]; the state is an int16_t if there is pre-emphasis; scratch has
 * fft.n_fft + 2 int32_t. */
void mote_mfe_s32_compute(const void *frame, const void *parameters, void *state, void *scratch,
                          void *features);

#endif
