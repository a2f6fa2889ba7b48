/*
 * 2-D convolution, int8, NHWC. Called with constant parameters it compiles to a kernel for them.
 *
 * Output channel c reads the input channels of its group, c / (output_channels / groups).
 */
#ifndef MOTE_CONV_2D_S8_H
#define MOTE_CONV_2D_S8_H

#include <stdbool.h>
#include <stdint.h>

#include "mote_matmul_s8.h"
#include "mote_window.h"

typedef struct {
    int32_t batches;
    mote_window_t window;
    int32_t input_channels;
    int32_t output_channels;
    int32_t groups;           /* divides both */
    int32_t input_zero_point; /* the value of padding */
    int32_t reversed;         /* pointwise only: 1: from the last pixel to the first */
    mote_stage_s8_t output;
} mote_conv_2d_s8_t;

/* A pixel of the output; pixels count through rows and images. */
typedef struct {
    const int8_t *image; /* the input's image, at the first channel of a group */
    int32_t y;
    int32_t x;
} mote_conv_2d_pixel_t;

MOTE_INLINE void mote_conv_2d_advance(const mote_conv_2d_s8_t *p, mote_conv_2d_pixel_t *pixel) {
    const mote_window_t *const w = &p->window;
    if (++pixel->x == w->output_width) {
        pixel->x = 0;
        if (++pixel->y == w->output_height) {
            pixel->y = 0;
            pixel->image += w->input_height * w->input_width * p->input_channels;
        }
    }
}

/* Whether a convolution is a product with the matrix of pixels. */
MOTE_INLINE bool mote_conv_2d_is_pointwise(const mote_conv_2d_s8_t *p) {
    const mote_window_t *const w = &p->window;
    return w->filter_height == 1 && w->filter_width == 1 && w->stride_height == 1 &&
           w->stride_width == 1 && mote_window_is_inside(w) && p->groups == 1;
}

/* The bytes under the filter at a pixel, [filter_height, filter_width, channels of the group]. */
MOTE_INLINE void mote_conv_2d_gather_s8(const mote_conv_2d_s8_t *p, mote_conv_2d_pixel_t pixel,
                                        mote_taps_t rows, mote_taps_t columns, int8_t *to) {
    const mote_window_t *const w = &p->window;
    const int32_t depth = p->input_channels / p->groups;
    const int32_t run = w->filter_width * depth;
    const bool contiguous = w->dilation_width == 1 && p->groups == 1;
    for (int32_t row = 0; row < w->filter_height; ++row, to += run) {
        if (row < rows.first || row >= rows.end) {
            memset(to, p->input_zero_point, (size_t)run);
            continue;
        }
        const int32_t first = mote_window_pixel(w, pixel.y, pixel.x, row, 0);
        const int8_t *const from = pixel.image + first * p->input_channels;
        if (contiguous && columns.end - columns.first == w->filter_width) {
            memcpy(to, from, (size_t)run);
            continue;
        }
        for (int32_t column = 0; column < w->filter_width; ++column) {
            if (column < columns.first || column >= columns.end) {
                memset(to + column * depth, p->input_zero_point, (size_t)depth);
            } else {
                memcpy(to + column * depth, from + column * w->dilation_width * p->input_channels,
                       (size_t)depth);
            }
        }
    }
}

#if MOTE_DSP

/* Brings what lies under the filter at a pixel into columns that `share` pixels share. */
MOTE_INLINE void mote_conv_2d_load_s8(const mote_conv_2d_s8_t *p, mote_conv_2d_pixel_t pixel,
                                      int32_t *columns, int32_t share, int8_t *bytes) {
    const mote_window_t *const w = &p->window;
    const int32_t depth = p->input_channels / p->groups;
    const int32_t run = w->filter_width * depth;
    const mote_taps_t row_taps = mote_row_taps(w, pixel.y);
    const mote_taps_t column_taps = mote_column_taps(w, pixel.x);
    const bool whole = column_taps.end - column_taps.first == w->filter_width;
    const bool contiguous = w->dilation_width == 1 && p->groups == 1 && run % 4 == 0;
    if (!(contiguous && whole) && depth % 4 != 0) {
        mote_conv_2d_gather_s8(p, pixel, row_taps, column_taps, bytes);
        mote_matmul_widen_s8(columns, share, bytes, mote_matmul_words(w->filter_height * run));
        return;
    }
    for (int32_t row = 0; row < w->filter_height; ++row) {
        const int32_t first = mote_window_pixel(w, pixel.y, pixel.x, row, 0);
        const int8_t *from = pixel.image + first * p->input_channels;
        if (row < row_taps.first || row >= row_taps.end) {
            columns = mote_matmul_fill_s8(columns, share, p->input_zero_point, run / 4);
        } else if (contiguous && whole) {
            columns = mote_matmul_widen_s8(columns, share, from, run / 4);
        } else {
            for (int32_t column = 0; column < w->filter_width; ++column) {
                const bool inside = column >= column_taps.first && column < column_taps.end;
                columns = inside
                              ? mote_matmul_widen_s8(columns, share, from, depth / 4)
                              : mote_matmul_fill_s8(columns, share, p->input_zero_point, depth / 4);
                from += w->dilation_width * p->input_channels;
            }
        }
    }
}

#endif

/* Brings `count` pixels, MOTE_MATMUL_BLOCK or 1, into columns; `pixel` moves behind them. */
MOTE_INLINE void mote_conv_2d_load_block_s8(const mote_conv_2d_s8_t *p, mote_conv_2d_pixel_t *pixel,
                                            int32_t count, int32_t *scratch) {
    const mote_window_t *const w = &p->window;
    const int32_t depth = w->filter_height * w->filter_width * p->input_channels / p->groups;
    const int32_t words = mote_matmul_words(depth);
    for (int32_t i = 0; i < count; ++i) {
#if MOTE_DSP
        int8_t *const bytes = (int8_t *)(scratch + 2 * MOTE_MATMUL_BLOCK * words);
        mote_conv_2d_load_s8(p, *pixel, scratch + i, count, bytes);
#else
        int8_t *const columns = (int8_t *)(scratch + i * words);
        mote_conv_2d_gather_s8(p, *pixel, mote_row_taps(w, pixel->y), mote_column_taps(w, pixel->x),
                               columns);
#endif
        mote_conv_2d_advance(p, pixel);
    }
}

/*
 * input   [batches, input_height, input_width, input_channels]
 * filters for each group the stream of mote_matmul_s8.h, whose depth is
 *         [filter_height, filter_width, input_channels / groups]
 * scratch MOTE_MATMUL_BLOCK rows of columns; with the DSP extension and a depth of a group that is
 *         no multiple of 4, behind them one row of int8
 * output  [batches, output_height, output_width, output_channels]; with one group each block of
 *         pixels is read whole before it is written
 */
MOTE_INLINE void mote_conv_2d_s8(const mote_conv_2d_s8_t *p, const int8_t *input,
                                 const int32_t *filters, int32_t *scratch, int8_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t group_inputs = p->input_channels / p->groups;
    const int32_t group_outputs = p->output_channels / p->groups;
    const int32_t pixels = p->batches * w->output_height * w->output_width;
    const mote_stage_form_t form = mote_stage_form(&p->output);
    const mote_matmul_s8_t m = {
        .depth = w->filter_height * w->filter_width * group_inputs,
        .channels = group_outputs,
        .step = p->output_channels,
        .output = p->output,
    };
    if (mote_conv_2d_is_pointwise(p)) {
        mote_matmul_s8(&m, form, pixels, p->reversed, input, filters, scratch, output);
        return;
    }
    const int32_t stream = mote_matmul_stream_words(m.depth, m.channels);
    mote_conv_2d_pixel_t pixel = {input, 0, 0};
    for (int32_t left = pixels; left > 0;) {
        const int32_t count = left >= MOTE_MATMUL_BLOCK ? MOTE_MATMUL_BLOCK : 1;
        mote_conv_2d_pixel_t next = pixel;
        for (int32_t group = 0; group < p->groups; ++group) {
            next = pixel;
            next.image += group * group_inputs;
            mote_conv_2d_load_block_s8(p, &next, count, scratch);
            next.image -= group * group_inputs;
            const int32_t *const stream_of_group = filters + group * stream;
            int8_t *const output_of_group = output + group * group_outputs;
            if (count == MOTE_MATMUL_BLOCK) {
                mote_matmul_block_s8(&m, form, scratch, stream_of_group, output_of_group);
            } else {
                mote_matmul_row_s8(&m, form, scratch, stream_of_group, output_of_group);
            }
        }
        pixel = next;
        output += count * p->output_channels;
        left -= count;
    }
}

#endif
