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

/* What a filter at a pixel reads. */
typedef struct {
    const int8_t *origin; /* of tap (0, 0), inside the image or not */
    mote_taps_t rows;
    mote_taps_t columns;
} mote_conv_2d_patch_t;

MOTE_INLINE mote_conv_2d_patch_t mote_conv_2d_patch(const mote_conv_2d_s8_t *p,
                                                    mote_conv_2d_pixel_t pixel) {
    const mote_window_t *const w = &p->window;
    return (mote_conv_2d_patch_t){
        .origin = pixel.image + mote_window_pixel(w, pixel.y, pixel.x, 0, 0) * p->input_channels,
        .rows = mote_row_taps(w, pixel.y),
        .columns = mote_column_taps(w, pixel.x),
    };
}

/* Whether no tap of a patch lies left or right of the image. */
MOTE_INLINE bool mote_conv_2d_is_whole(const mote_conv_2d_s8_t *p,
                                       const mote_conv_2d_patch_t *patch) {
    return patch->columns.end - patch->columns.first == p->window.filter_width;
}

/* Whether a row of taps that lies inside the image is one run of bytes. */
MOTE_INLINE bool mote_conv_2d_is_run(const mote_conv_2d_s8_t *p,
                                     const mote_conv_2d_patch_t *patch) {
    return p->window.dilation_width == 1 && p->groups == 1 && mote_conv_2d_is_whole(p, patch);
}

/* Copies a patch, padding included, [filter_height, filter_width, channels of the group]. */
MOTE_INLINE void mote_conv_2d_copy_s8(const mote_conv_2d_s8_t *p, mote_conv_2d_patch_t patch,
                                      int8_t *to) {
    const mote_window_t *const w = &p->window;
    const int32_t depth = p->input_channels / p->groups;
    const int32_t run = w->filter_width * depth;
    const int32_t row_step = w->dilation_height * w->input_width * p->input_channels;
    const int32_t column_step = w->dilation_width * p->input_channels;
    const int32_t inside = patch.rows.end - patch.rows.first;
    if (mote_conv_2d_is_run(p, &patch) && inside == w->filter_height) {
        const int8_t *from = patch.origin;
        __asm__("" : "+r"(from)); /* or GCC computes it for each row */
#pragma GCC unroll 4
        for (int32_t row = 0; row < w->filter_height; ++row) {
            memcpy(to + row * run, from + row * row_step, (size_t)run);
        }
        return;
    }
    if (!(mote_conv_2d_is_whole(p, &patch) && inside == w->filter_height)) {
        memset(to, p->input_zero_point, (size_t)(w->filter_height * run));
    }
    const int8_t *from = patch.origin + patch.rows.first * row_step;
    int8_t *const end = to + patch.rows.end * run;
    to += patch.rows.first * run;
    if (mote_conv_2d_is_run(p, &patch)) {
        for (; to < end; to += run, from += row_step) {
            memcpy(to, from, (size_t)run);
        }
        return;
    }
    for (; to < end; to += run, from += row_step) {
        for (int32_t column = patch.columns.first; column < patch.columns.end; ++column) {
            memcpy(to + column * depth, from + column * column_step, (size_t)depth);
        }
    }
}

#if MOTE_DSP

/*
 * Widens the patches of `count` pixels, MOTE_MATMUL_BLOCK or 1, without a copy: for a depth that
 * is a multiple of 4. `padding` holds a row of taps of padding.
 */
MOTE_INLINE void mote_conv_2d_widen_s8(const mote_conv_2d_s8_t *p,
                                       const mote_conv_2d_patch_t *patches, int32_t count,
                                       int32_t *columns, const int8_t *padding) {
    const mote_window_t *const w = &p->window;
    const int32_t depth = p->input_channels / p->groups;
    const int32_t row_step = w->dilation_height * w->input_width * p->input_channels;
    const int32_t column_step = w->dilation_width * p->input_channels;
    const bool all_inside = mote_window_is_inside(w);
    bool runs = w->dilation_width == 1 && p->groups == 1;
    for (int32_t i = 0; i < count; ++i) {
        runs = runs && (all_inside || mote_conv_2d_is_whole(p, &patches[i]));
    }
    const int32_t taps = runs ? w->filter_width : 1;
    for (int32_t row = 0; row < w->filter_height; ++row) {
        for (int32_t column = 0; column < w->filter_width; column += taps) {
            const int8_t *from[MOTE_MATMUL_BLOCK];
            for (int32_t i = 0; i < count; ++i) {
                const mote_taps_t rows = patches[i].rows, inside = patches[i].columns;
                const bool reads =
                    all_inside || (row >= rows.first && row < rows.end &&
                                   (runs || (column >= inside.first && column < inside.end)));
                from[i] =
                    reads ? patches[i].origin + row * row_step + column * column_step : padding;
            }
            columns = count == 1 ? mote_matmul_widen_row_s8(columns, from[0], taps * depth / 4)
                                 : mote_matmul_widen_block_s8(columns, from, taps * depth / 4);
        }
    }
}

#endif

/* Brings `count` pixels, MOTE_MATMUL_BLOCK or 1, into columns; `pixel` moves behind them. */
MOTE_INLINE void mote_conv_2d_load_s8(const mote_conv_2d_s8_t *p, mote_conv_2d_pixel_t *pixel,
                                      int32_t count, int32_t *scratch) {
    const mote_window_t *const w = &p->window;
    const int32_t depth = p->input_channels / p->groups;
    const int32_t words = mote_matmul_words(w->filter_height * w->filter_width * depth);
#if MOTE_DSP
    int8_t *const bytes = (int8_t *)(scratch + 2 * MOTE_MATMUL_BLOCK * words);
    if (depth % 4 == 0) {
        mote_conv_2d_patch_t patches[MOTE_MATMUL_BLOCK];
        for (int32_t i = 0; i < count; ++i) {
            patches[i] = mote_conv_2d_patch(p, *pixel);
            mote_conv_2d_advance(p, pixel);
        }
        mote_conv_2d_widen_s8(p, patches, count, scratch, bytes);
        return;
    }
#else
    int8_t *const bytes = (int8_t *)scratch;
#endif
    for (int32_t i = 0; i < count; ++i) {
        mote_conv_2d_copy_s8(p, mote_conv_2d_patch(p, *pixel), bytes + 4 * words * i);
        mote_conv_2d_advance(p, pixel);
    }
#if MOTE_DSP
    if (count == 1) {
        mote_matmul_load_row_s8(scratch, bytes, 4 * words);
    } else {
        mote_matmul_load_block_s8(scratch, bytes, 4 * words, 4 * words);
    }
#endif
}

/*
 * input   [batches, input_height, input_width, input_channels]
 * filters for each group the stream of mote_matmul_s8.h, whose depth is
 *         [filter_height, filter_width, input_channels / groups]
 * scratch MOTE_MATMUL_BLOCK rows of columns; with the DSP extension, behind them a row of taps of
 *         padding, or, if the channels of a group are no multiple of 4, MOTE_MATMUL_BLOCK patches;
 *         a pointwise convolution needs the columns only
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
    if (MOTE_DSP && group_inputs % 4 == 0 && !mote_window_is_inside(w)) {
        memset(scratch + 2 * MOTE_MATMUL_BLOCK * mote_matmul_words(m.depth), p->input_zero_point,
               (size_t)(w->filter_width * group_inputs));
    }
    for (int32_t left = pixels; left > 0;) {
        const int32_t count = left >= MOTE_MATMUL_BLOCK ? MOTE_MATMUL_BLOCK : 1;
        mote_conv_2d_pixel_t next = pixel;
        for (int32_t group = 0; group < p->groups; ++group) {
            next = pixel;
            next.image += group * group_inputs;
            mote_conv_2d_load_s8(p, &next, count, scratch);
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
