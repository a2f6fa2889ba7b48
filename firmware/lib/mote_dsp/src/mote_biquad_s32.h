/* Butterworth filters as second-order sections, in 32-bit integers. */
#ifndef MOTE_BIQUAD_S32_H
#define MOTE_BIQUAD_S32_H

#include <stdint.h>

/* Filters signal[length] in place, section after section, each from zero state, in direct form I.
 * sections[n_sections][5] are b0, r1, r2, a1, a2 of the transfer function
 * b0 (1 + r1 z^-1 + r2 z^-2) / (1 + a1 z^-1 + a2 z^-2): r1 within -2..2 and r2 within 0..1 are
 * whole, the others times 2^30. Input and output of each section must stay within +-2^29. What
 * rounding a value down leaves over is added to the next one, so that rounding adds no offset. */
void mote_biquad_s32(const int32_t *sections, uint32_t n_sections, int32_t *signal,
                     uint32_t length);

#endif
