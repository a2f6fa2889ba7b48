/* Spectrum of one frame of int16 samples in 32-bit integers: normalization by the frame's peak,
 * pre-emphasis as in mote_spectrum.h, window, real FFT. */
#ifndef MOTE_SPECTRUM_S32_H
#define MOTE_SPECTRUM_S32_H

#include <stdint.h>

#include "mote_rfft_s32.h"

typedef struct {
    uint32_t n_axes;       /* values sampled at once */
    uint32_t frame_length; /* samples, at most fft.n_fft; zeros follow them */
    uint32_t n_bins;       /* computed: from 0 to n_bins - 1, at most fft.n_fft / 2 + 1 */
    uint32_t hop_length;   /* samples, at most frame_length if there is pre-emphasis */
    int32_t preemphasis;   /* a * 2^31 in x[n] - a x[n - 1]; with 0 no state is used */
    const int32_t *window; /* [frame_length], times 2^27, within 0..2^27 */
    mote_rfft_s32_t fft;
} mote_spectrum_s32_t;

/* Computes the bins of one axis' spectrum as mote_rfft_s32 gives them, in buffer[fft.n_fft + 2], and
 * returns e: they are those of the windowed samples times 2^(11 + e), or 2^(10 + e) if there is
 * pre-emphasis. e, 0 to 15, is how many bits the loudest sample leaves free: quiet frames are
 * computed as precisely as loud ones, and all bins of a frame of zeros are zero.
 * frame[frame_length][n_axes], aligned to 4, is only read; state[n_axes] is the last sample of each
 * axis before the frame (unused without pre-emphasis). None overlap. */
uint32_t mote_spectrum_s32(const mote_spectrum_s32_t *spectrum, const int16_t *frame, uint32_t axis,
                           int16_t *state, int32_t *buffer);

/* Sum of the squared magnitudes of n_bins bins, to 15 bits of the largest part. */
uint64_t mote_spectrum_s32_energy(const int32_t *bins, uint32_t n_bins);

#endif
