/*
 * mote_depthwise_conv_2d_s8 with the DSP extension; see mote_depthwise_conv_2d_s8.h.
 *
 * Strips of output rows are computed for four input channels at a time, from input that is first
 * packed into scratch (mote_depthwise_strip_dsp.h); a single output pixel without
 * (mote_depthwise_single_dsp.h).
 *
 * filters: for each output channel words of weights, then what mote_depthwise_channel_dsp.h says.
 * A word of weights holds two pairs of taps below each other, first elements in bytes 0 and 1,
 * second in 2 and 3; the pairs (row 0, row 1), (row 2, row 3) ... of column 0, then those of column
 * 1 ... A tall filter's words hold (row 0, row 1) and (row 2, row 1) of a column.
 */
#ifndef MOTE_DEPTHWISE_CONV_2D_S8_DSP_H
#define MOTE_DEPTHWISE_CONV_2D_S8_DSP_H

#include "mote_depthwise_channel_dsp.h"
#include "mote_depthwise_single_dsp.h"
#include "mote_depthwise_strip_dsp.h"

enum {
    MOTE_DEPTHWISE_LOCAL_PAIRS = 8,     /* of taps that may stay in registers */
    MOTE_DEPTHWISE_UNROLLED_PAIRS = 32, /* whose products are written out */
};

/* Words of weights of a channel. */
MOTE_INLINE int32_t mote_depthwise_words(const mote_window_t *w) {
    return mote_depthwise_is_tall(w) ? w->filter_width
                                     : (mote_depthwise_pairs(w) * w->filter_width + 1) / 2;
}

/* Rescales and writes the sums [row][column] of a block. */
MOTE_INLINE void mote_depthwise_store(const mote_depthwise_conv_2d_s8_t *p,
                                      mote_depthwise_channel_t *channel, int32_t sums[2][2],
                                      int8_t *output, bool both, bool wide) {
    const int32_t channels = p->input_channels * p->depth_multiplier;
    /* registers are for weights: the factors are read from memory again for each block */
    if (wide) {
        __asm__("" : "+m"(channel->factor));
    }
#pragma GCC unroll 2
    for (int32_t y = 0; y <= both; ++y) {
#pragma GCC unroll 2
        for (int32_t x = 0; x <= wide; ++x) {
            output[(y * p->window.output_width + x) * channels] =
                mote_depthwise_output(p, channel, sums[y][x]);
        }
    }
}

/* The column of taps that reads `column`, counted from the window's first; -1 if none does. */
MOTE_INLINE int32_t mote_depthwise_tap(const mote_window_t *w, int32_t column) {
    const int32_t tap = column / w->dilation_width;
    const bool reads = column >= 0 && column % w->dilation_width == 0 && tap < w->filter_width;
    return reads ? tap : -1;
}

/*
 * A block of outputs of a tall filter: one or two rows (`both`) of one or two columns (`wide`).
 * `packed` is its first pair of rows. Of a column's rows 0 to 3 the first output row takes (0, 1)
 * and 2, the second 1 and (2, 3).
 */
MOTE_INLINE void mote_depthwise_tall_block(const mote_depthwise_conv_2d_s8_t *p,
                                           mote_depthwise_channel_t *channel, const int32_t *upper,
                                           const int32_t *lower, const int32_t *packed,
                                           int8_t *output, bool both, bool wide) {
    const mote_window_t *const w = &p->window;
    const int32_t pair = mote_depthwise_columns(w) * MOTE_DEPTHWISE_QUAD;
    int32_t sums[2][2] = {{channel->bias, channel->bias}, {channel->bias, channel->bias}};
    const int32_t right = wide ? w->stride_width : 0;
#pragma GCC unroll 16
    for (int32_t column = 0; column <= right + (w->filter_width - 1) * w->dilation_width;
         ++column) {
        const int32_t rows_01 = packed[column * MOTE_DEPTHWISE_QUAD];
#pragma GCC unroll 2
        for (int32_t x = 0; x <= wide; ++x) {
            const int32_t tap = mote_depthwise_tap(w, column - x * w->stride_width);
            if (tap >= 0) {
                sums[0][x] = mote_smlad(rows_01, upper[tap], sums[0][x]);
                if (both) {
                    sums[1][x] = mote_smlatb(rows_01, upper[tap], sums[1][x]);
                }
            }
        }
        const int32_t rows_23 = packed[column * MOTE_DEPTHWISE_QUAD + pair];
#pragma GCC unroll 2
        for (int32_t x = 0; x <= wide; ++x) {
            const int32_t tap = mote_depthwise_tap(w, column - x * w->stride_width);
            if (tap >= 0) {
                sums[0][x] = mote_smlabb(rows_23, lower[tap], sums[0][x]);
                if (both) {
                    sums[1][x] = mote_smladx(rows_23, lower[tap], sums[1][x]);
                }
            }
        }
    }
    mote_depthwise_store(p, channel, sums, output, both, wide);
}

/* One output row of a tall filter, or two: `packed` is its first pair of rows. */
MOTE_INLINE void mote_depthwise_tall_rows(const mote_depthwise_conv_2d_s8_t *p,
                                          mote_depthwise_channel_t *channel, const int32_t *upper,
                                          const int32_t *lower, const int32_t *packed,
                                          int8_t *output, bool both) {
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
    mote_depthwise_channel_t channel = mote_depthwise_channel(p, filter + mote_depthwise_words(w));
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

/*
 * A block of outputs of any filter whose taps are all unrolled: one or two rows (`both`; strides are
 * even then) of one or two columns (`wide`). `packed` is its first pair of rows.
 */
MOTE_INLINE void mote_depthwise_block(const mote_depthwise_conv_2d_s8_t *p,
                                      mote_depthwise_channel_t *channel, const int32_t *weights,
                                      const int32_t *packed, int8_t *output, bool both, bool wide) {
    const mote_window_t *const w = &p->window;
    const int32_t pairs = mote_depthwise_pairs(w);
    const int32_t step = mote_depthwise_columns(w) * MOTE_DEPTHWISE_QUAD;
    const int32_t below = both ? w->stride_height / 2 : 0;
    const int32_t right = wide ? w->stride_width : 0;
    int32_t sums[2][2] = {{channel->bias, channel->bias}, {channel->bias, channel->bias}};
#pragma GCC unroll 64
    for (int32_t column = 0; column <= right + (w->filter_width - 1) * w->dilation_width;
         ++column) {
#pragma GCC unroll 64
        for (int32_t pair = 0; pair < below + pairs; ++pair) {
            const int32_t rows = packed[column * MOTE_DEPTHWISE_QUAD + pair * step];
#pragma GCC unroll 2
            for (int32_t y = 0; y <= both; ++y) {
#pragma GCC unroll 2
                for (int32_t x = 0; x <= wide; ++x) {
                    const int32_t tap = mote_depthwise_tap(w, column - x * w->stride_width);
                    const int32_t tap_pair = pair - y * below;
                    if (tap >= 0 && tap_pair >= 0 && tap_pair < pairs) {
                        sums[y][x] = mote_smlad(rows, weights[tap * pairs + tap_pair], sums[y][x]);
                    }
                }
            }
        }
    }
    mote_depthwise_store(p, channel, sums, output, both, wide);
}

/* One output row of a filter whose taps are all unrolled, or two. */
MOTE_INLINE void mote_depthwise_block_rows(const mote_depthwise_conv_2d_s8_t *p,
                                           mote_depthwise_channel_t *channel,
                                           const int32_t *weights, const int32_t *packed,
                                           int8_t *output, bool both) {
    const mote_window_t *const w = &p->window;
    const int32_t channels = p->input_channels * p->depth_multiplier;
    const int32_t step = w->stride_width * MOTE_DEPTHWISE_QUAD;
    const int32_t *const end = packed + w->output_width / 2 * 2 * step;
    while (packed != end) {
        mote_depthwise_block(p, channel, weights, packed, output, both, true);
        packed += 2 * step;
        output += 2 * channels;
    }
    if (w->output_width % 2) {
        mote_depthwise_block(p, channel, weights, packed, output, both, false);
    }
}

/* One output of a filter of any size. */
MOTE_INLINE int8_t mote_depthwise_long(const mote_depthwise_conv_2d_s8_t *p,
                                       const mote_depthwise_channel_t *channel,
                                       const int32_t *weights, const int32_t *packed) {
    const mote_window_t *const w = &p->window;
    const int32_t step = mote_depthwise_columns(w) * MOTE_DEPTHWISE_QUAD;
    int32_t sum = channel->bias;
    for (int32_t column = 0; column < w->filter_width; ++column) {
        const int32_t *rows = packed + column * w->dilation_width * MOTE_DEPTHWISE_QUAD;
        for (int32_t pair = 0; pair < mote_depthwise_pairs(w); ++pair) {
            sum = mote_smlad(*rows, *weights++, sum);
            rows += step;
        }
    }
    return mote_depthwise_output(p, channel, sum);
}

/* `rows` output rows of one channel of any filter; `scratch` has room for its weights. */
MOTE_INLINE void mote_depthwise_any(const mote_depthwise_conv_2d_s8_t *p, const int32_t *filter,
                                    int32_t *scratch, const int32_t *packed, int8_t *output,
                                    int32_t rows) {
    const mote_window_t *const w = &p->window;
    const int32_t channels = p->input_channels * p->depth_multiplier;
    const int32_t words = mote_depthwise_words(w);
    const int32_t row_step = w->stride_height * mote_depthwise_columns(w) * MOTE_DEPTHWISE_QUAD / 2;
    mote_depthwise_channel_t channel = mote_depthwise_channel(p, filter + words);
    int32_t local[MOTE_DEPTHWISE_LOCAL_PAIRS];
    int32_t *const weights = 2 * words <= MOTE_DEPTHWISE_LOCAL_PAIRS ? local : scratch;
#pragma GCC unroll 8
    for (int32_t i = 0; i < words; ++i) {
        mote_depthwise_unpack(p, filter[i], &weights[2 * i], &weights[2 * i + 1]);
    }
    if (2 * words > MOTE_DEPTHWISE_UNROLLED_PAIRS) {
        for (; rows > 0; --rows) {
            for (int32_t x = 0; x < w->output_width; ++x) {
                *output = mote_depthwise_long(p, &channel, weights,
                                              packed + x * w->stride_width * MOTE_DEPTHWISE_QUAD);
                output += channels;
            }
            packed += row_step;
        }
        return;
    }
    if (p->strip_rows > 1 && weights == local) {
        for (; rows >= 2; rows -= 2) {
            mote_depthwise_block_rows(p, &channel, weights, packed, output, true);
            packed += 2 * row_step;
            output += 2 * w->output_width * channels;
        }
    }
    for (; rows > 0; --rows) {
        mote_depthwise_block_rows(p, &channel, weights, packed, output, false);
        packed += row_step;
        output += w->output_width * channels;
    }
}

MOTE_INLINE void mote_depthwise_conv_2d_s8(const mote_depthwise_conv_2d_s8_t *p,
                                           const int8_t *input, const int32_t *filters,
                                           int32_t *scratch, int8_t *output) {
    if (mote_depthwise_is_single(p)) {
        mote_depthwise_single(p, input, filters, output);
        return;
    }
    const mote_window_t *const w = &p->window;
    const int32_t channels = p->input_channels;
    const int32_t output_row = w->output_width * channels * p->depth_multiplier;
    const int32_t words = mote_depthwise_words(w);
    const int32_t filter_words = words + (p->output.general ? 3 : 2);
    const bool is_tall = mote_depthwise_is_tall(w);
    const bool is_small = is_tall || 2 * words <= MOTE_DEPTHWISE_LOCAL_PAIRS;
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
