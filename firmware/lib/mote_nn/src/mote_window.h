/*
 * How a filter moves over the rows and columns of an image in NHWC layout.
 *
 * Tap t of output position p reads input position p * stride - pad + t * dilation; taps outside
 * the input are padding. All sizes, strides and dilations are at least 1, pads at least 0.
 */
#ifndef MOTE_WINDOW_H
#define MOTE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "mote_requantize.h"

typedef struct {
    int32_t input_height;
    int32_t input_width;
    int32_t output_height;
    int32_t output_width;
    int32_t filter_height;
    int32_t filter_width;
    int32_t stride_height;
    int32_t stride_width;
    int32_t dilation_height;
    int32_t dilation_width;
    int32_t pad_top;
    int32_t pad_left;
} mote_window_t;

/* Taps first, first + 1, ... end - 1; none when end <= first. */
typedef struct {
    int32_t first;
    int32_t end;
} mote_taps_t;

/* Whether every tap of every output lies inside the input: a constant for a constant window. */
MOTE_INLINE bool mote_window_is_inside(const mote_window_t *w) {
    const int32_t bottom = (w->output_height - 1) * w->stride_height +
                           (w->filter_height - 1) * w->dilation_height - w->pad_top;
    const int32_t right = (w->output_width - 1) * w->stride_width +
                          (w->filter_width - 1) * w->dilation_width - w->pad_left;
    return w->pad_top == 0 && w->pad_left == 0 && bottom < w->input_height &&
           right < w->input_width;
}

/* The taps that read inside an axis of `size` elements when tap 0 reads element `origin`. */
MOTE_INLINE mote_taps_t mote_taps_inside(int32_t origin, int32_t dilation, int32_t taps,
                                         int32_t size) {
    mote_taps_t inside = {0, taps};
    if (origin < 0) {
        inside.first = (dilation - 1 - origin) / dilation;
    }
    if (origin + (taps - 1) * dilation >= size) {
        inside.end = (size - origin + dilation - 1) / dilation;
    }
    return inside;
}

/* The taps over rows inside the image for output row `y`. */
MOTE_INLINE mote_taps_t mote_row_taps(const mote_window_t *w, int32_t y) {
    if (mote_window_is_inside(w)) {
        return (mote_taps_t){0, w->filter_height};
    }
    return mote_taps_inside(y * w->stride_height - w->pad_top, w->dilation_height, w->filter_height,
                            w->input_height);
}

/* The taps over columns inside the image for output column `x`. */
MOTE_INLINE mote_taps_t mote_column_taps(const mote_window_t *w, int32_t x) {
    if (mote_window_is_inside(w)) {
        return (mote_taps_t){0, w->filter_width};
    }
    return mote_taps_inside(x * w->stride_width - w->pad_left, w->dilation_width, w->filter_width,
                            w->input_width);
}

/* The pixel (row * input_width + column) that tap (row_tap, column_tap) of output (y, x) reads. */
MOTE_INLINE int32_t mote_window_pixel(const mote_window_t *w, int32_t y, int32_t x, int32_t row_tap,
                                      int32_t column_tap) {
    const int32_t row = y * w->stride_height - w->pad_top + row_tap * w->dilation_height;
    const int32_t column = x * w->stride_width - w->pad_left + column_tap * w->dilation_width;
    return row * w->input_width + column;
}

#endif
