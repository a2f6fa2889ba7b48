/* Power spectrum of a signal by Welch's method, in integers. */
#ifndef MOTE_WELCH_S32_H
#define MOTE_WELCH_S32_H

#include <stdbool.h>
#include <stdint.h>

#include "mote_rfft_s32.h"

typedef struct {
    uint32_t n_segments;    /* 1 or more */
    uint32_t hop_length;    /* samples from one segment's start to the next, 1 to fft.n_fft */
    uint32_t segment_shift; /* 2^segment_shift is at least n_segments / 16 */
    bool hold_max;          /* each bin keeps its largest power, not the sum over the segments */
    const int32_t *window;  /* [fft.n_fft], times 2^31, within 0..2^31 - 1 */
    mote_rfft_s32_t fft;
} mote_welch_s32_t;

/* Writes power[fft.n_fft / 2 + 1], one-sided, below 2^63: |X|^2 / 2^segment_shift of each bin, but
 * half of it for the first and the last bin, where X is what mote_rfft_s32 gives for half of the
 * windowed values.
 * Reads the first (n_segments - 1) * hop_length + fft.n_fft values of `signal`, within +-2^27.
 * scratch[fft.n_fft + 2] is overwritten; nothing overlaps. */
void mote_welch_s32(const mote_welch_s32_t *welch, const int32_t *signal, int32_t *scratch,
                    uint64_t *power);

#endif
