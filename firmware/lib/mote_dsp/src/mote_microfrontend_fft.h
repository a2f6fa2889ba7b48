/* Power spectrum of int16 samples with the bits of kissfft's 16-bit real transform. */
#ifndef MOTE_MICROFRONTEND_FFT_H
#define MOTE_MICROFRONTEND_FFT_H

#include <stdint.h>

/* The tables of one size. A complex number is a word: the real part, int16, in the lower half. */
typedef struct {
    uint32_t n_fft;           /* a power of two, 64 to 2048 */
    const uint16_t *order;    /* [n_fft / 2]: where the complex sample n goes */
    const uint32_t *twiddles; /* per radix-4 pass of m butterflies: [m][3] = w, w^2, w^3 in Q15 */
    const uint32_t *split;    /* [n_fft / 4]: -i exp(-2 pi i k / n_fft) for k = 1.. in Q15 */
} mote_microfrontend_fft_t;

/* Replaces the n_fft samples in words[n_fft / 2], shifted left by `shift`, 0 to 15, by their power
 * spectrum.
 * On entry the samples 2n and 2n + 1 are the halves of words[order[n]], the former below. What
 * the shift moves out of an int16 is lost. On return words[k] is |X[k] / n_fft|^2 for
 * k = 1..n_fft / 2 - 1, below 2^31; words[0] holds nothing of use. */
void mote_microfrontend_power(const mote_microfrontend_fft_t *fft, uint32_t shift, uint32_t *words);

#endif
