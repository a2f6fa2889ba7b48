/* Power spectrum of a real signal.
 *
 * The n_fft real samples are packed into n_fft / 2 complex ones, transformed in place (decimation
 * in time; the first pass is of radix 2, 4 or 8, the others of radix 8 with conjugate-pair
 * twiddles) and split into the spectrum of the real signal. */
#ifndef MOTE_RFFT_H
#define MOTE_RFFT_H

#include <stdint.h>

#include "mote_lane.h"

/* The tables of one size; moteflow.dsp.tables computes them. */
typedef struct {
    uint32_t n_fft;         /* a power of two, 16 to 4096 */
    uint32_t n_bins;        /* bins to compute, from bin 0 on: 1 to n_fft / 2 + 1 */
    const uint16_t *order;  /* [n_fft / 2]: where the complex sample n goes */
    const float *twiddles;  /* complex numbers (re, im): for each radix-8 pass of m butterflies
                               [m][4] = w, w^2, w^3, w^4 with w = exp(-2 pi i k / (8 m)), k from 0;
                               then [n_fft / 4] = exp(-2 pi i k / n_fft), k from 1 */
} mote_rfft_t;

/* Replaces the samples in buffer[n_fft + 1] by their power spectrum.
 * On entry the samples 2n and 2n + 1 are at buffer[2 * order[n]] and the place after it, halved.
 * On return buffer[2 * k] is |X[k]|^2 of the unhalved samples for k = 0..n_bins - 1; the other
 * places hold nothing of use. */
void mote_rfft_power_f32(const mote_rfft_t *fft, mote_lane_t *buffer);

#endif
