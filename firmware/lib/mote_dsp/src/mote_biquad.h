/* Infinite impulse response filters as second-order sections. */
#ifndef MOTE_BIQUAD_H
#define MOTE_BIQUAD_H

#include <stdint.h>

/* Filters signal[length] in place, section after section, each from zero state:
 * y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2], in transposed direct form II.
 * sections[n_sections][5] are b0, b1, b2, a1, a2 (a0 is 1); n_sections and length may be 0. */
void mote_biquad_f32(const float *sections, uint32_t n_sections, float *signal, uint32_t length);

#endif
