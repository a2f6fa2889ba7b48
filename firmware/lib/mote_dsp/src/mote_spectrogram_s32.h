/* Logarithmic spectrum of each axis of int16 samples, bin by bin, in integers. */
#ifndef MOTE_SPECTROGRAM_S32_H
#define MOTE_SPECTROGRAM_S32_H

#include <stdbool.h>
#include <stdint.h>

#include "mote_spectrum_s32.h"

typedef struct {
    mote_spectrum_s32_t spectrum; /* with bins from 0 to first_bin + n_bins - 1 */
    bool is_magnitude; /* logarithms of magnitudes, else of powers */
    uint32_t first_bin;
    uint32_t n_bins;           /* kept, 1 or more */
    const int32_t *log2_gains; /* [n_axes], times 2^24: added to log2 of a bin; above -97 */
    int32_t log2_floor;        /* 2^24 log2 of the least value told apart */
    int32_t log_factor;        /* of a feature with f fraction bits: 2^(f + 8) per octave */
} mote_spectrogram_s32_t;

/* A mote_features_compute_t whose parameters are a mote_spectrogram_s32_t.
 * Writes int32_t features[n_axes][n_bins]; the state is an int16_t for each axis if there is
 * pre-emphasis; scratch has fft.n_fft + 2 int32_t. */
void mote_spectrogram_s32_compute(const void *frame, const void *parameters, void *state,
                                  void *scratch, void *features);

#endif
