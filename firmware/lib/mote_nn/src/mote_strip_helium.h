/*
 * Strips: what a column of outputs reads of an image, row of taps by row of taps, so that the taps
 * of each output lie side by side. `codegen/kernels/helium.py` knows their sizes too.
 */
#ifndef MOTE_STRIP_HELIUM_H
#define MOTE_STRIP_HELIUM_H

#include <arm_mve.h>
#include <stdbool.h>

#include "mote_window.h"

/* Whether neighbouring outputs of a column share rows of a strip. */
MOTE_INLINE bool mote_strip_shares_rows(const mote_window_t *w) {
    return w->dilation_height == 1 && w->stride_height < w->filter_height;
}

/* Rows of the strip from an output's first to the next output's first. */
MOTE_INLINE int32_t mote_strip_step(const mote_window_t *w) {
    return mote_strip_shares_rows(w) ? w->stride_height : w->filter_height;
}

MOTE_INLINE int32_t mote_strip_rows(const mote_window_t *w) {
    return (w->output_height - 1) * mote_strip_step(w) + w->filter_height;
}

/* The input's row that row `i` of a strip shows; it is padding where it is outside the input. */
MOTE_INLINE int32_t mote_strip_source(const mote_window_t *w, int32_t i) {
    if (mote_strip_shares_rows(w)) {
        return i - w->pad_top;
    }
    return i / w->filter_height * w->stride_height + i % w->filter_height * w->dilation_height -
           w->pad_top;
}

/* Whether all columns of taps of output column `x` are inside the input. */
MOTE_INLINE bool mote_strip_is_whole(const mote_window_t *w, int32_t x) {
    const mote_taps_t columns = mote_column_taps(w, x);
    return columns.first == 0 && columns.end == w->filter_width;
}

#endif
