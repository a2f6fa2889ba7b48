/* Power spectrum of a real signal.
 *
 * The n_fft real samples are packed into n_fft / 2 complex ones, transformed in place (radix 4,
 * decimation in time, conjugate-pair twiddles; the first pass is radix 8 where log2(n_fft / 2) is
 * odd) and split into the spectrum of the real signal. */
#ifndef MOTE_RFFT_H
#define MOTE_RFFT_H

#include <stdint.h>

/* The tables of one size; moteflow.dsp.tables computes them. */
typedef struct {
    uint32_t n_fft;         /* a power of two, 64 to 4096 */
    const uint16_t *order;  /* [n_fft / 2]: where the complex sample n goes */
    const float *twiddles;  /* per radix-4 pass of m butterflies: [m][4] = w, w^2 as (re, im) */
    const float *split;     /* [n_fft / 4][2]: exp(-2 pi i k / n_fft) for k = 1..n_fft / 4 */
} mote_rfft_t;

/* Replaces the samples in buffer[n_fft] by their power spectrum.
 * On entry the samples 2n and 2n + 1 are at buffer[2 * order[n]] and the place after it, halved.
 * On return buffer[2 * k] is |X[k]|^2 of the unhalved samples for k = 0..n_fft / 2 - 1; the odd
 * places hold nothing of use. The bin n_fft / 2 is not computed. */
void mote_rfft_power_f32(const mote_rfft_t *fft, float *buffer);

#endif
