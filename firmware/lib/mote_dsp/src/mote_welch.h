/* Power spectrum of a signal by Welch's method: windowed, overlapping segments. */
#ifndef MOTE_WELCH_H
#define MOTE_WELCH_H

#include <stdbool.h>
#include <stdint.h>

#include "mote_rfft.h"

typedef struct {
    uint32_t n_segments; /* 1 or more */
    uint32_t hop_length; /* samples from one segment's start to the next, 1 to fft.n_fft */
    bool hold_max;       /* each bin keeps its largest power, not the sum over the segments */
    const float *window; /* [fft.n_fft], with the factors of the spectrum's unit, times 1/2 */
    mote_rfft_t fft; /* of all bins: n_bins is n_fft / 2 + 1 */
} mote_welch_t;

/* Writes power[fft.n_fft / 2 + 1], one-sided: the power of each bin and of its mirror image.
 * Reads the first (n_segments - 1) * hop_length + fft.n_fft values of `signal`; no spectrum of
 * theirs, windowed, may be larger than 2^52. scratch[fft.n_fft + 1] is overwritten; nothing
 * overlaps. */
void mote_welch_f32(const mote_welch_t *welch, const float *signal, float *scratch, float *power);

#endif
