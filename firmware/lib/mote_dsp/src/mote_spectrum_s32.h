/* Spectrum of one frame of int16 samples in 32-bit integers: normalisation by the frame's peak,
 * pre-emphasis, window, real FFT. */
#ifndef MOTE_SPECTRUM_S32_H
#define MOTE_SPECTRUM_S32_H

#include <stdint.h>

#include "mote_rfft_s32.h"

typedef struct {
    uint32_t frame_length;  /* samples, at most fft.n_fft; the rest is zeros */
    uint32_t hop_length;    /* samples to the next frame's start, at most frame_length */
    int32_t preemphasis;    /* a * 2^31 in x[n] - a x[n - 1]; 0 for none */
    const int32_t *window;  /* [frame_length], times 2^27, within 0..2^27 */
    mote_rfft_s32_t fft;
} mote_spectrum_s32_t;

/* Computes the bins k < n_bins of a frame's spectrum as mote_rfft_s32 gives them, in
 * spectrum[fft.n_fft + 2], and returns e: they are those of the frame times 2^(11 + e), halved if
 * there is pre-emphasis. e is 15 less the bits of the loudest sample: quiet frames are
 * computed as precisely as loud ones.
 * *previous is the sample before the frame; it becomes the one before the next frame. */
uint32_t mote_spectrum_s32_compute(const mote_spectrum_s32_t *parameters, const int16_t *frame,
                                   int16_t *previous, uint32_t n_bins, int32_t *spectrum);

#endif
