/* Log-mel energies: window, power spectrum, mel filterbank, natural logarithm.
 *
 * The filters are triangles on the mel scale, so each bin lies in one segment between two
 * neighbouring filter edges, rising in one filter and falling in the one before: with a rising
 * weight r its falling weight is 1 - r. Only r is stored. */
#ifndef MOTE_MFE_H
#define MOTE_MFE_H

#include <stdint.h>

#include "mote_rfft.h"

typedef struct {
    uint32_t frame_length;      /* samples, at most fft.n_fft; the rest is zeros */
    uint32_t n_mels;            /* filters */
    float log_floor;            /* energies below it count as this much; positive and normal */
    const float *window; /* [frame_length], times 2^-16: 2^-15 for int16, 1/2 for the FFT */
    const uint16_t *mel_starts; /* [n_mels + 2]: first bin of each segment, then the end */
    const float *mel_weights; /* [mel_starts[n_mels + 1] - mel_starts[0]]: rising weights, 0..1 */
    mote_rfft_t fft;
} mote_mfe_t;

/* A mote_features_compute_t whose parameters are a mote_mfe_t.
 * Takes int16 samples, keeps no state, writes float features[n_mels], finite for any samples;
 * scratch has fft.n_fft floats. */
void mote_mfe_compute(const void *frame, const void *parameters, void *state, void *scratch,
                      void *features);

#endif
