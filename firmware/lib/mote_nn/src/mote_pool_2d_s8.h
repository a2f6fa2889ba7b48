/*
 * Average and maximum pooling, int8, NHWC. Padding is left out of both. Called with constant
 * parameters they compile to kernels for them.
 */
#ifndef MOTE_POOL_2D_S8_H
#define MOTE_POOL_2D_S8_H

#include <stdint.h>
#include <string.h>

#include "mote_lanes_s8.h"
#include "mote_pool_2d.h"

typedef mote_pool_2d_t mote_pool_2d_s8_t;

/* The averages or maxima of `lanes` channels; those from `first` on are written. */
MOTE_INLINE void mote_pool_lanes_s8(const mote_pool_2d_t *p, mote_pool_t pool, mote_block_t block,
                                    const int8_t *input, int8_t *output, int32_t lanes,
                                    int32_t first) {
    const int32_t start = pool == MOTE_POOL_AVERAGE ? 0 : INT8_MIN;
    int32_t values[MOTE_LANES] = {start, start, start, start};
    if (pool == MOTE_POOL_AVERAGE) {
        mote_sum_lanes_s8(values, input, block, lanes);
    } else {
        mote_max_lanes_s8(values, input, block, lanes);
    }
#pragma GCC unroll 4
    for (int32_t lane = 0; lane < lanes; ++lane) {
        int32_t value = values[lane];
        if (pool == MOTE_POOL_AVERAGE) {
            value = mote_rounding_divide_s32(value, block.rows * block.columns);
        }
        if (lane >= first) {
            output[lane] = (int8_t)mote_pool_clamp(p, value, INT8_MIN, INT8_MAX);
        }
    }
}

#if MOTE_DSP

/* The maxima of four channels. */
MOTE_INLINE void mote_max_pool_quad_s8(const mote_pool_2d_t *p, mote_block_t block,
                                       const int8_t *input, int8_t *output) {
    int32_t greatest = mote_max_quad_s8(input, block);
    if (p->activation_min > INT8_MIN) {
        greatest = mote_max_s8x4(greatest, mote_splat_s8x4(p->activation_min));
    }
    if (p->activation_max < INT8_MAX) {
        greatest = mote_min_s8x4(greatest, mote_splat_s8x4(p->activation_max));
    }
    memcpy(output, &greatest, sizeof greatest);
}

#endif

/* All channels of one output pixel, four at a time. */
MOTE_INLINE void mote_pool_pixel_s8(const mote_pool_2d_t *p, mote_pool_t pool, mote_block_t block,
                                    const int8_t *input, int8_t *output) {
    const int32_t lanes = p->channels < MOTE_LANES ? p->channels : MOTE_LANES;
    const int32_t whole = p->channels - p->channels % lanes;
    for (int32_t channel = 0; channel < whole; channel += lanes) {
#if MOTE_DSP
        if (pool == MOTE_POOL_MAXIMUM && lanes == MOTE_LANES) {
            mote_max_pool_quad_s8(p, block, input + channel, output + channel);
            continue;
        }
#endif
        mote_pool_lanes_s8(p, pool, block, input + channel, output + channel, lanes, 0);
    }
    if (whole < p->channels) {
        const int32_t last = p->channels - lanes;
        mote_pool_lanes_s8(p, pool, block, input + last, output + last, lanes, whole - last);
    }
}

/*
 * input  [batches, input_height, input_width, channels]
 * output [batches, output_height, output_width, channels]; may begin as far before the input as
 *        kernels/pooling.py says
 *
 * Any alignment.
 */
MOTE_INLINE void mote_pool_2d_s8(const mote_pool_2d_t *p, mote_pool_t pool, const int8_t *input,
                                 int8_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t image_size = w->input_height * w->input_width * p->channels;
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        for (int32_t y = 0; y < w->output_height; ++y) {
            const mote_taps_t rows = mote_row_taps(w, y);
            for (int32_t x = 0; x < w->output_width; ++x) {
                const mote_taps_t columns = mote_column_taps(w, x);
                const mote_block_t block = {rows.end - rows.first, w->input_width * p->channels,
                                            columns.end - columns.first, p->channels};
                const int32_t pixel = mote_window_pixel(w, y, x, rows.first, columns.first);
                mote_pool_pixel_s8(p, pool, block, input + pixel * p->channels, output);
                output += p->channels;
            }
        }
        input += image_size;
    }
}

MOTE_INLINE void mote_average_pool_2d_s8(const mote_pool_2d_t *p, const int8_t *input,
                                         int8_t *output) {
    mote_pool_2d_s8(p, MOTE_POOL_AVERAGE, input, output);
}

MOTE_INLINE void mote_max_pool_2d_s8(const mote_pool_2d_t *p, const int8_t *input, int8_t *output) {
    mote_pool_2d_s8(p, MOTE_POOL_MAXIMUM, input, output);
}

#endif
