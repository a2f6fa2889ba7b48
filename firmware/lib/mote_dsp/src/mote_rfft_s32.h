/* Spectrum of a real signal in 32-bit integers.
 *
 * The n_fft real samples are packed into n_fft / 2 complex ones, transformed in place (radix 4,
 * decimation in time, conjugate-pair twiddles; the first pass is radix 8 where log2(n_fft / 2) is
 * odd) and split into the spectrum of the real signal. Each radix-4 pass divides by 4, so that
 * nothing can overflow; the result is within a few steps of the exact one.
 *
 * A twiddle cos t - i sin t takes three products instead of four and is stored as
 * (cos t, sin t - cos t, -sin t - cos t) times 2^30. */
#ifndef MOTE_RFFT_S32_H
#define MOTE_RFFT_S32_H

#include <stdint.h>

/* The tables of one size; moteflow.dsp.tables_s32 computes them. */
typedef struct {
    uint32_t n_fft;        /* a power of two, 16 to 4096 */
    const uint16_t *order; /* [n_fft / 2]: where the complex sample n goes */
    const int32_t *turn;   /* [n_fft / 4 + 1][3]: exp(-2 pi i k / n_fft) from k = 0 on */
} mote_rfft_s32_t;

/* Replaces samples by their spectrum X[k] / (2 * 4^p), k < n_bins, for p radix-4 passes: X[k] / 128
 * for n_fft 1024.
 * On entry the samples 2n and 2n + 1 are at buffer[2 * order[n]] and the place after it, each
 * within +-2^26. On return buffer[2 * k] and the place after it are the real and the imaginary part
 * of X[k], within +-2^30. n_bins is at most n_fft / 2 + 1, and buffer has n_fft + 2 values. */
void mote_rfft_s32(const mote_rfft_s32_t *fft, int32_t *buffer, uint32_t n_bins);

#endif
