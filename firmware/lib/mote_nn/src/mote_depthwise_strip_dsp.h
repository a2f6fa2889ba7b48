/*
 * The packed input of mote_depthwise_conv_2d_s8_dsp.h: a strip of rows of four channels. A word
 * holds two rows of one channel and column as int16, so that SMLAD multiplies two taps, and is read
 * by all outputs whose windows cover it:
 *
 *     scratch [pair of rows][column, padding included][4 channels]
 */
#ifndef MOTE_DEPTHWISE_STRIP_DSP_H
#define MOTE_DEPTHWISE_STRIP_DSP_H

#include "mote_depthwise_conv_2d_s8.h"

enum {
    MOTE_DEPTHWISE_QUAD = 4,
    MOTE_DEPTHWISE_TALL_COLUMNS = 4,
};

/* Three rows of taps at every row: two output rows share two pairs of input rows. */
MOTE_INLINE bool mote_depthwise_is_tall(const mote_window_t *w) {
    return w->filter_height == 3 && w->stride_height == 1 && w->dilation_height == 1 &&
           w->filter_width <= MOTE_DEPTHWISE_TALL_COLUMNS;
}

/* Pairs of rows that a window covers. */
MOTE_INLINE int32_t mote_depthwise_pairs(const mote_window_t *w) {
    return (w->filter_height + 1) / 2;
}

/* Pairs of rows that `rows` output rows read. */
MOTE_INLINE int32_t mote_depthwise_strip_pairs(const mote_window_t *w, int32_t rows) {
    return mote_depthwise_is_tall(w) ? (rows + 1) / 2 + 1
                                     : (rows - 1) * w->stride_height / 2 + mote_depthwise_pairs(w);
}

/* Columns of a packed row. */
MOTE_INLINE int32_t mote_depthwise_columns(const mote_window_t *w) {
    return (w->output_width - 1) * w->stride_width + (w->filter_width - 1) * w->dilation_width + 1;
}

/* Four channels from `values` on, of which `channels` exist. */
MOTE_INLINE int32_t mote_depthwise_load(const int8_t *values, int32_t channels) {
    if (channels >= MOTE_DEPTHWISE_QUAD) {
        return mote_load_s8x4(values);
    }
    uint32_t word = 0;
    for (int32_t i = 0; i < channels; ++i) {
        word |= (uint32_t)(uint8_t)values[i] << (8 * i);
    }
    return (int32_t)word;
}

MOTE_INLINE void mote_depthwise_pack(int32_t *packed, int32_t upper, int32_t lower) {
    const int32_t channels_01 = mote_pkhbt(upper, lower), channels_23 = mote_pkhtb(upper, lower);
    packed[0] = mote_sxtb16(channels_01);
    packed[1] = mote_sxtb16_odd(channels_01);
    packed[2] = mote_sxtb16(channels_23);
    packed[3] = mote_sxtb16_odd(channels_23);
}

/* Packs `count` columns of two rows, each `step` bytes apart. */
MOTE_INLINE void mote_depthwise_pack_rows(int32_t *packed, const int8_t *upper, int32_t upper_step,
                                          const int8_t *lower, int32_t lower_step, int32_t count,
                                          int32_t channels) {
    const int32_t *const end = packed + count * MOTE_DEPTHWISE_QUAD;
    while (packed != end) {
        mote_depthwise_pack(packed, mote_depthwise_load(upper, channels),
                            mote_depthwise_load(lower, channels));
        packed += MOTE_DEPTHWISE_QUAD;
        upper += upper_step;
        lower += lower_step;
    }
}

/* Fills all columns of padding, which stay, in `pairs` packed pairs of rows. */
MOTE_INLINE void mote_depthwise_pad(const mote_depthwise_conv_2d_s8_t *p, int32_t *packed,
                                    int32_t pairs) {
    const mote_window_t *const w = &p->window;
    const int32_t columns = mote_depthwise_columns(w);
    const int32_t first = w->pad_left, end = w->pad_left + w->input_width;
    if (first == 0 && end >= columns) {
        return;
    }
    const int32_t zero_point = mote_pkhbt(p->input_zero_point, p->input_zero_point);
    for (int32_t pair = 0; pair < pairs; ++pair) {
        for (int32_t column = 0; column < columns; ++column) {
            for (int32_t i = 0; i < MOTE_DEPTHWISE_QUAD; ++i) {
                if (column < first || column >= end) {
                    *packed = zero_point;
                }
                ++packed;
            }
        }
    }
}

/* Packs `pairs` pairs of rows of four channels; `row` is the first, `image` its first channel. */
MOTE_INLINE void mote_depthwise_pack_strip(const mote_depthwise_conv_2d_s8_t *p, int32_t *packed,
                                           const int8_t *image, int32_t row, int32_t pairs) {
    const mote_window_t *const w = &p->window;
    const int32_t channels = p->input_channels;
    const int32_t columns = mote_depthwise_columns(w);
    const int32_t left = w->pad_left < columns ? w->pad_left : columns;
    const int32_t inside = columns - left < w->input_width ? columns - left : w->input_width;
    const int32_t row_bytes = w->input_width * channels;
    const int32_t below = w->dilation_height;
    const int32_t border = mote_splat_s8x4(p->input_zero_point);
    const int8_t *const outside = (const int8_t *)&border;

    packed += left * MOTE_DEPTHWISE_QUAD;
    for (int32_t pair = 0; pair < pairs; ++pair) {
        const int8_t *const upper = image + row * row_bytes;
        const int8_t *const lower = upper + below * row_bytes;
        const bool has_upper = row >= 0 && row < w->input_height;
        const bool has_lower = row + below >= 0 && row + below < w->input_height;
        if (has_upper && has_lower) {
            mote_depthwise_pack_rows(packed, upper, channels, lower, channels, inside, channels);
        } else {
            mote_depthwise_pack_rows(packed, has_upper ? upper : outside, has_upper ? channels : 0,
                                     has_lower ? lower : outside, has_lower ? channels : 0, inside,
                                     channels);
        }
        packed += columns * MOTE_DEPTHWISE_QUAD;
        row += 2 * below;
    }
}

#endif
