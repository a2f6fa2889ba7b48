/*
 * How the taps of a transposed convolution meet the rows or columns of its input.
 *
 * Input position i adds tap t to output position i * stride - pad + t. Seen from output position
 * p, tap t reads input position (p + pad - t) / stride, where that is whole and inside.
 */
#ifndef MOTE_TRANSPOSE_WINDOW_H
#define MOTE_TRANSPOSE_WINDOW_H

#include "mote_window.h"

/* Taps first, first + stride, ... below end, for reach = p + pad and an input of `size`. */
MOTE_INLINE mote_taps_t mote_transpose_taps(int32_t reach, int32_t stride, int32_t taps,
                                            int32_t size) {
    const int32_t of_last = reach - (size - 1) * stride;
    const int32_t first = of_last > 0 ? of_last : reach % stride;
    return (mote_taps_t){first, reach < taps ? reach + 1 : taps};
}

/* The taps over rows for output row `y`. */
MOTE_INLINE mote_taps_t mote_transpose_row_taps(const mote_window_t *w, int32_t y) {
    return mote_transpose_taps(y + w->pad_top, w->stride_height, w->filter_height, w->input_height);
}

/* The taps over columns for output column `x`. */
MOTE_INLINE mote_taps_t mote_transpose_column_taps(const mote_window_t *w, int32_t x) {
    return mote_transpose_taps(x + w->pad_left, w->stride_width, w->filter_width, w->input_width);
}

/* The pixel (row * input_width + column) that tap (row_tap, column_tap) of output (y, x) reads. */
MOTE_INLINE int32_t mote_transpose_pixel(const mote_window_t *w, int32_t y, int32_t x,
                                         int32_t row_tap, int32_t column_tap) {
    const int32_t row = (y + w->pad_top - row_tap) / w->stride_height;
    const int32_t column = (x + w->pad_left - column_tap) / w->stride_width;
    return row * w->input_width + column;
}

#endif
