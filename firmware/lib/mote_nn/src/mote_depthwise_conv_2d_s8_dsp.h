/*
 * mote_depthwise_conv_2d_s8 with the DSP extension; see mote_depthwise_conv_2d_s8.h.
 *
 * Strips of output rows are computed for four input channels at a time. Their input is first
 * packed into scratch: a word holds two rows of one channel and column as int16, so that
 * SMLAD multiplies two taps, and is read by all outputs whose windows cover it:
 *
 *     scratch [pair of rows][column, padding included][4 channels]
 *
 * filters: for each output channel words of weights, then 2 * bias * 2^5 - shift and the
 * multiplier; or, when output.general, bias, multiplier and shift. Biases contain the effect of the
 * input's zero point. A word of weights holds two pairs of taps below each other, first elements in
 * bytes 0 and 1, second in 2 and 3; the pairs (row 0, row 1), (row 2, row 3) ... of column 0, then
 * those of column 1 ... A tall filter's words hold (row 0, row 1) and (row 2, row 1) of a column.
 */
#ifndef MOTE_DEPTHWISE_CONV_2D_S8_DSP_H
#define MOTE_DEPTHWISE_CONV_2D_S8_DSP_H

#include "mote_depthwise_conv_2d_s8.h"

enum {
    MOTE_DEPTHWISE_QUAD = 4,
    MOTE_DEPTHWISE_TALL_COLUMNS = 4,
    MOTE_DEPTHWISE_PAIRS = 8,
    MOTE_DEPTHWISE_SHIFT_BITS = 5,
};

/* One output channel. */
typedef struct {
    int32_t bias;
    mote_factor_t factor;
} mote_depthwise_channel_t;

/* Three rows of taps at every row: two output rows share two pairs of input rows. */
MOTE_INLINE bool mote_depthwise_is_tall(const mote_window_t *w) {
    return w->filter_height == 3 && w->stride_height == 1 && w->dilation_height == 1 &&
           w->filter_width <= MOTE_DEPTHWISE_TALL_COLUMNS;
}

/* Pairs of rows that a window covers. */
MOTE_INLINE int32_t mote_depthwise_pairs(const mote_window_t *w) {
    return (w->filter_height + 1) / 2;
}

/* Words of weights of a channel. */
MOTE_INLINE int32_t mote_depthwise_words(const mote_window_t *w) {
    return mote_depthwise_is_tall(w) ? w->filter_width
                                     : (mote_depthwise_pairs(w) * w->filter_width + 1) / 2;
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

/* The two pairs of a word of weights, doubled unless output.general. */
MOTE_INLINE void mote_depthwise_unpack(const mote_depthwise_conv_2d_s8_t *p, int32_t word,
                                       int32_t *first, int32_t *second) {
    *first = mote_sxtb16(word);
    *second = mote_sxtb16_odd(word);
    if (!p->output.general) {
        *first = mote_sadd16(*first, *first);
        *second = mote_sadd16(*second, *second);
    }
}

/* Bias and factors, which follow the weights. */
MOTE_INLINE mote_depthwise_channel_t mote_depthwise_channel(const mote_depthwise_conv_2d_s8_t *p,
                                                            const int32_t *words) {
    mote_depthwise_channel_t channel;
    if (p->output.general) {
        channel.bias = words[0];
        channel.factor = (mote_factor_t){words[1], -words[2], 0};
    } else {
        channel.bias = words[0] >> MOTE_DEPTHWISE_SHIFT_BITS;
        channel.factor = mote_factor(words[1], -(words[0] & ((1 << MOTE_DEPTHWISE_SHIFT_BITS) - 1)),
                                     p->output.zero_point);
    }
    return channel;
}

MOTE_INLINE int8_t mote_depthwise_output(const mote_depthwise_conv_2d_s8_t *p,
                                         const mote_depthwise_channel_t *channel, int32_t sum) {
    if (p->output.general) {
        return mote_depthwise_general_s8(p, sum, channel->factor.multiplier,
                                         -channel->factor.right_shift);
    }
    int32_t value = mote_requantize_doubled_s8(sum, channel->factor);
    if (p->output.activation_min > INT8_MIN) {
        value = value < p->output.activation_min ? p->output.activation_min : value;
    }
    if (p->output.activation_max < INT8_MAX) {
        value = value > p->output.activation_max ? p->output.activation_max : value;
    }
    return (int8_t)value;
}

/*
 * A block of outputs of a tall filter: one or two rows (`both`) of one or two columns (`wide`).
 * `packed` is its first pair of rows. Of a column's rows 0 to 3 the first output row takes (0, 1)
 * and 2, the second 1 and (2, 3).
 */
MOTE_INLINE void mote_depthwise_tall_block(const mote_depthwise_conv_2d_s8_t *p,
                                           const mote_depthwise_channel_t *channel,
                                           const int32_t *upper, const int32_t *lower,
                                           const int32_t *packed, int8_t *output, bool both,
                                           bool wide) {
    const mote_window_t *const w = &p->window;
    const int32_t channels = p->input_channels * p->depth_multiplier;
    const int32_t pair = mote_depthwise_columns(w) * MOTE_DEPTHWISE_QUAD;
    int32_t sums[2][2] = {{channel->bias, channel->bias}, {channel->bias, channel->bias}};
    const int32_t right = wide ? w->stride_width : 0;
#pragma GCC unroll 16
    for (int32_t column = 0; column <= right + (w->filter_width - 1) * w->dilation_width;
         ++column) {
        const int32_t rows_01 = packed[column * MOTE_DEPTHWISE_QUAD];
        const int32_t rows_23 = packed[column * MOTE_DEPTHWISE_QUAD + pair];
#pragma GCC unroll 2
        for (int32_t x = 0; x <= wide; ++x) {
            const int32_t from = column - x * w->stride_width;
            const int32_t tap = from / w->dilation_width;
            if (from >= 0 && from % w->dilation_width == 0 && tap < w->filter_width) {
                sums[0][x] = mote_smlad(rows_01, upper[tap], sums[0][x]);
                sums[0][x] = mote_smlabb(rows_23, lower[tap], sums[0][x]);
                if (both) {
                    sums[1][x] = mote_smlatb(rows_01, upper[tap], sums[1][x]);
                    sums[1][x] = mote_smladx(rows_23, lower[tap], sums[1][x]);
                }
            }
        }
    }
#pragma GCC unroll 2
    for (int32_t y = 0; y <= both; ++y) {
#pragma GCC unroll 2
        for (int32_t x = 0; x <= wide; ++x) {
            output[y * w->output_width * channels + x * channels] =
                mote_depthwise_output(p, channel, sums[y][x]);
        }
    }
}

/* One output row of a tall filter, or two: `packed` is its first pair of rows. */
MOTE_INLINE void mote_depthwise_tall_rows(const mote_depthwise_conv_2d_s8_t *p,
                                          const mote_depthwise_channel_t *channel,
                                          const int32_t *upper, const int32_t *lower,
                                          const int32_t *packed, int8_t *output, bool both) {
    const mote_window_t *const w = &p->window;
    const int32_t channels = p->input_channels * p->depth_multiplier;
    const int32_t step = w->stride_width * MOTE_DEPTHWISE_QUAD;
    const int32_t *const end = packed + w->output_width / 2 * 2 * step;
    while (packed != end) {
        mote_depthwise_tall_block(p, channel, upper, lower, packed, output, both, true);
        packed += 2 * step;
        output += 2 * channels;
    }
    if (w->output_width % 2) {
        mote_depthwise_tall_block(p, channel, upper, lower, packed, output, both, false);
    }
}

/* `rows` output rows of one channel of a tall filter. */
MOTE_INLINE void mote_depthwise_tall(const mote_depthwise_conv_2d_s8_t *p, const int32_t *filter,
                                     const int32_t *packed, int8_t *output, int32_t rows) {
    const mote_window_t *const w = &p->window;
    const int32_t pair = mote_depthwise_columns(w) * MOTE_DEPTHWISE_QUAD;
    const int32_t output_row = w->output_width * p->input_channels * p->depth_multiplier;
    const mote_depthwise_channel_t channel =
        mote_depthwise_channel(p, filter + mote_depthwise_words(w));
    int32_t upper[MOTE_DEPTHWISE_TALL_COLUMNS], lower[MOTE_DEPTHWISE_TALL_COLUMNS];
#pragma GCC unroll 4
    for (int32_t column = 0; column < w->filter_width; ++column) {
        mote_depthwise_unpack(p, filter[column], &upper[column], &lower[column]);
    }
    for (; rows >= 2; rows -= 2) {
        mote_depthwise_tall_rows(p, &channel, upper, lower, packed, output, true);
        packed += pair;
        output += 2 * output_row;
    }
    if (rows > 0) {
        mote_depthwise_tall_rows(p, &channel, upper, lower, packed, output, false);
    }
}

/* `rows` output rows of one channel of any filter; `weights` has room for its pairs. */
MOTE_INLINE void mote_depthwise_any(const mote_depthwise_conv_2d_s8_t *p, const int32_t *filter,
                                    int32_t *weights, const int32_t *packed, int8_t *output,
                                    int32_t rows) {
    const mote_window_t *const w = &p->window;
    const int32_t channels = p->input_channels * p->depth_multiplier;
    const int32_t pairs = mote_depthwise_pairs(w);
    const int32_t words = mote_depthwise_words(w);
    const int32_t pair_step = mote_depthwise_columns(w) * MOTE_DEPTHWISE_QUAD;
    const int32_t tap = w->dilation_width * MOTE_DEPTHWISE_QUAD;
    const mote_depthwise_channel_t channel = mote_depthwise_channel(p, filter + words);
    const bool is_small = 2 * words <= MOTE_DEPTHWISE_PAIRS;
    int32_t local[MOTE_DEPTHWISE_PAIRS];
    if (is_small) {
#pragma GCC unroll 4
        for (int32_t i = 0; i < words; ++i) {
            mote_depthwise_unpack(p, filter[i], &local[2 * i], &local[2 * i + 1]);
        }
    } else {
        for (int32_t i = 0; i < words; ++i) {
            mote_depthwise_unpack(p, filter[i], &weights[2 * i], &weights[2 * i + 1]);
        }
    }
    for (int32_t row = 0; row < rows; ++row) {
        const int32_t *window = packed + row * w->stride_height / 2 * pair_step;
        for (int32_t x = 0; x < w->output_width; ++x) {
            int32_t sum = channel.bias;
            if (is_small) {
#pragma GCC unroll 8
                for (int32_t i = 0; i < pairs * w->filter_width; ++i) {
                    sum =
                        mote_smlad(window[i / pairs * tap + i % pairs * pair_step], local[i], sum);
                }
            } else {
                const int32_t *weight = weights;
                for (int32_t column = 0; column < w->filter_width; ++column) {
                    const int32_t *values = window + column * tap;
                    for (int32_t i = 0; i < pairs; ++i) {
                        sum = mote_smlad(*values, *weight++, sum);
                        values += pair_step;
                    }
                }
            }
            *output = mote_depthwise_output(p, &channel, sum);
            output += channels;
            window += w->stride_width * MOTE_DEPTHWISE_QUAD;
        }
    }
}

MOTE_INLINE void mote_depthwise_conv_2d_s8(const mote_depthwise_conv_2d_s8_t *p,
                                           const int8_t *input, const int32_t *filters,
                                           int32_t *scratch, int8_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t channels = p->input_channels;
    const int32_t output_row = w->output_width * channels * p->depth_multiplier;
    const int32_t words = mote_depthwise_words(w);
    const int32_t filter_words = words + (p->output.general ? 3 : 2);
    const bool is_tall = mote_depthwise_is_tall(w);
    const bool is_small = is_tall || 2 * words <= MOTE_DEPTHWISE_PAIRS;
    int32_t *const weights = scratch;
    int32_t *const packed = is_small ? scratch : scratch + 2 * words;

    mote_depthwise_pad(p, packed, mote_depthwise_strip_pairs(w, p->strip_rows));
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        for (int32_t y = 0; y < w->output_height; y += p->strip_rows) {
            const int32_t left = w->output_height - y;
            const int32_t rows = left < p->strip_rows ? left : p->strip_rows;
            const int32_t *filter = filters;
            int32_t channel = 0; /* of the output */
            for (int32_t next = 0; next < channels; next += MOTE_DEPTHWISE_QUAD) {
                /* the last four channels may have been computed in part */
                const int32_t last = channels - MOTE_DEPTHWISE_QUAD;
                const int32_t quad = next > last && last >= 0 ? last : next;
                const int32_t end =
                    quad + MOTE_DEPTHWISE_QUAD < channels ? quad + MOTE_DEPTHWISE_QUAD : channels;
                mote_depthwise_pack_strip(p, packed, input + quad,
                                          y * w->stride_height - w->pad_top,
                                          mote_depthwise_strip_pairs(w, rows));
                for (int32_t lane = next - quad; lane < end - quad; ++lane) {
                    for (int32_t i = 0; i < p->depth_multiplier; ++i) {
                        if (is_tall) {
                            mote_depthwise_tall(p, filter, packed + lane, output + channel, rows);
                        } else {
                            mote_depthwise_any(p, filter, weights, packed + lane, output + channel,
                                               rows);
                        }
                        filter += filter_words;
                        ++channel;
                    }
                }
            }
            output += rows * output_row;
        }
        input += w->input_height * w->input_width * channels;
    }
}

#endif
