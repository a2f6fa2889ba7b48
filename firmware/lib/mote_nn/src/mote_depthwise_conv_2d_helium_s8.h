/*
 * Depthwise 2-D convolution, int8, NHWC, for Helium: output channel c reads input channel
 * c / depth_multiplier. Called with constant parameters it compiles to a kernel for them.
 *
 * The taps that one column of outputs reads in 16 channels are interleaved to a strip: a word
 * holds four neighbouring taps of a row in one channel, the words of the 16 channels lie side by
 * side. A gathering load then brings 16 taps of a channel, and VMLADAV sums their products.
 */
#ifndef MOTE_DEPTHWISE_CONV_2D_HELIUM_S8_H
#define MOTE_DEPTHWISE_CONV_2D_HELIUM_S8_H

#include "mote_requantize_helium.h"
#include "mote_strip_helium.h"

typedef struct {
    int32_t batches;
    mote_window_t window;
    int32_t input_channels;
    int32_t depth_multiplier; /* output channels = input_channels * depth_multiplier */
    int32_t input_zero_point; /* the value of padding */
    int32_t
        input_row; /* bytes from a row of the input to the next, from a column to the next ... */
    int32_t input_column;
    int32_t output_row; /* ... and of the output: rows may be what NHWC has as columns */
    int32_t output_column;
    mote_output_helium_t output;
} mote_depthwise_conv_2d_helium_s8_t;

enum {
    MOTE_HELIUM_LANES = 16,
    MOTE_HELIUM_WORD = 4,
    MOTE_STRIP_WORD = MOTE_HELIUM_LANES * MOTE_HELIUM_WORD
};

/* Words of a row of taps. */
MOTE_INLINE int32_t mote_depthwise_row_words(const mote_window_t *w) {
    return (w->filter_width + MOTE_HELIUM_WORD - 1) / MOTE_HELIUM_WORD;
}

/* Whether the 16 taps that one output's load brings contain all those of the next output. */
MOTE_INLINE bool mote_depthwise_is_paired(const mote_window_t *w) {
    return w->filter_height == 3 && w->filter_width <= MOTE_HELIUM_WORD &&
           mote_strip_shares_rows(w) && w->stride_height == 1;
}

/* Where four neighbouring taps of a row lie, in the image or in the padding. */
typedef struct {
    const int8_t *a, *b, *c, *d;
} mote_taps_x4_t;

/*
 * Interleaves 16 bytes of each tap and returns the end of what it wrote. In assembly because
 * compilers shuffle the four registers.
 */
MOTE_INLINE int8_t *mote_interleave_s8x16x4(mote_taps_x4_t taps, int8_t *to) {
    __asm__ volatile("vldrb.8 q0, [%1]\n\t"
                     "vldrb.8 q1, [%2]\n\t"
                     "vldrb.8 q2, [%3]\n\t"
                     "vldrb.8 q3, [%4]\n\t"
                     "vst40.8 {q0, q1, q2, q3}, [%0]\n\t"
                     "vst41.8 {q0, q1, q2, q3}, [%0]\n\t"
                     "vst42.8 {q0, q1, q2, q3}, [%0]\n\t"
                     "vst43.8 {q0, q1, q2, q3}, [%0]!"
                     : "+r"(to)
                     : "r"(taps.a), "r"(taps.b), "r"(taps.c), "r"(taps.d)
                     : "q0", "q1", "q2", "q3", "memory");
    return to;
}

/* The same where only the first bytes of each tap may be read: copies of them, filled up with 0. */
MOTE_INLINE int8_t *mote_interleave_some_s8x16x4(mote_taps_x4_t taps, mve_pred16_t readable,
                                                 int8_t *to) {
    int8_t copies[4 * MOTE_HELIUM_LANES];
    vstrbq_s8(copies, vldrbq_z_s8(taps.a, readable));
    vstrbq_s8(copies + MOTE_HELIUM_LANES, vldrbq_z_s8(taps.b, readable));
    vstrbq_s8(copies + 2 * MOTE_HELIUM_LANES, vldrbq_z_s8(taps.c, readable));
    vstrbq_s8(copies + 3 * MOTE_HELIUM_LANES, vldrbq_z_s8(taps.d, readable));
    const mote_taps_x4_t copied = {copies, copies + MOTE_HELIUM_LANES,
                                   copies + 2 * MOTE_HELIUM_LANES, copies + 3 * MOTE_HELIUM_LANES};
    return mote_interleave_s8x16x4(copied, to);
}

/*
 * Where tap `tap` of a row lies: `row` is where tap 0 would, in column `column`. A tap beyond the
 * filter's last has the weight zero: it may show anything.
 */
MOTE_INLINE const int8_t *mote_depthwise_tap_s8(const mote_depthwise_conv_2d_helium_s8_t *p,
                                                const int8_t *row, int32_t column, int32_t tap,
                                                bool whole, const int8_t *padding) {
    const mote_window_t *const w = &p->window;
    const int32_t shift = (tap < w->filter_width ? tap : 0) * w->dilation_width;
    const bool inside = whole || (column + shift >= 0 && column + shift < w->input_width);
    return inside ? row + shift * p->input_column : padding;
}

/* Writes the strip of output column `x`; `image` starts at the first of up to 16 channels. */
MOTE_INLINE void mote_depthwise_strip_s8(const mote_depthwise_conv_2d_helium_s8_t *p, int32_t x,
                                         bool whole, const int8_t *image, int32_t channels,
                                         int8_t *strip) {
    const mote_window_t *const w = &p->window;
    const bool all = p->input_channels % MOTE_HELIUM_LANES == 0 || channels == MOTE_HELIUM_LANES;
    const int32_t column = x * w->stride_width - w->pad_left;
    int8_t padding[MOTE_HELIUM_LANES];
    vstrbq_s8(padding, vdupq_n_s8((int8_t)p->input_zero_point));
    for (int32_t i = 0; i < mote_strip_rows(w); ++i) {
        const int32_t y = mote_strip_source(w, i);
        const int8_t *const row = image + y * p->input_row + column * p->input_column;
        for (int32_t tap = 0; tap < w->filter_width; tap += MOTE_HELIUM_WORD) {
            mote_taps_x4_t taps = {padding, padding, padding, padding};
            if (y >= 0 && y < w->input_height) {
                taps.a = mote_depthwise_tap_s8(p, row, column, tap, whole, padding);
                taps.b = mote_depthwise_tap_s8(p, row, column, tap + 1, whole, padding);
                taps.c = mote_depthwise_tap_s8(p, row, column, tap + 2, whole, padding);
                taps.d = mote_depthwise_tap_s8(p, row, column, tap + 3, whole, padding);
            }
            strip = all ? mote_interleave_s8x16x4(taps, strip)
                        : mote_interleave_some_s8x16x4(taps, vctp8q((uint32_t)channels), strip);
        }
    }
}

/* Where four neighbouring words of a channel lie in a strip. */
MOTE_INLINE uint32x4_t mote_depthwise_places(void) {
    uint32x4_t places = vmulq_n_u32(vidupq_n_u32(0, 1), MOTE_STRIP_WORD);
    __asm__("" : "+w"(places)); /* compilers would rather compute it again for each load */
    return places;
}

/* A channel's 16 taps in four words of a strip. */
MOTE_INLINE int8x16_t mote_depthwise_taps_s8(const int8_t *words, uint32x4_t places) {
    const int32_t *const first = (const int32_t *)(const void *)words;
    return vreinterpretq_s8_s32(vldrwq_gather_offset_s32(first, places));
}

/* 16 weights. */
MOTE_INLINE int8x16_t mote_depthwise_weights_s8(const int32_t *words) {
    return vreinterpretq_s8_s32(vldrwq_s32(words));
}

/* Products of four neighbouring outputs of a column, each `step` bytes of strip after another. */
MOTE_INLINE int32x4_t mote_depthwise_sums_s8(const int8_t *strip, uint32x4_t places, int32_t step,
                                             const int32_t *filter, int32_t n_words) {
    int32_t a = 0, b = 0, c = 0, d = 0;
    for (int32_t word = 0; word < n_words; word += 4) {
        const int8x16_t weights = mote_depthwise_weights_s8(filter + word);
        const int8_t *const words = strip + word * MOTE_STRIP_WORD;
        a = vmladavaq_s8(a, mote_depthwise_taps_s8(words, places), weights);
        b = vmladavaq_s8(b, mote_depthwise_taps_s8(words + step, places), weights);
        c = vmladavaq_s8(c, mote_depthwise_taps_s8(words + 2 * step, places), weights);
        d = vmladavaq_s8(d, mote_depthwise_taps_s8(words + 3 * step, places), weights);
    }
    return mote_join_s32x4(a, b, c, d);
}

/* The same where one load brings the taps of two outputs. */
MOTE_INLINE int32x4_t mote_depthwise_paired_sums_s8(const int8_t *strip, uint32x4_t places,
                                                    int8x16_t weights, int8x16_t next_weights) {
    const int8x16_t first = mote_depthwise_taps_s8(strip, places);
    const int8x16_t second = mote_depthwise_taps_s8(strip + 2 * MOTE_STRIP_WORD, places);
    return mote_join_s32x4(vmladavq_s8(first, weights), vmladavq_s8(first, next_weights),
                           vmladavq_s8(second, weights), vmladavq_s8(second, next_weights));
}

/* Bytes of strip from an output's words to the next output's. */
MOTE_INLINE int32_t mote_depthwise_step(const mote_window_t *w) {
    return mote_strip_step(w) * mote_depthwise_row_words(w) * MOTE_STRIP_WORD;
}

/* Words of weights of one output channel. */
MOTE_INLINE int32_t mote_depthwise_filter_words(const mote_window_t *w) {
    const int32_t n_words = w->filter_height * mote_depthwise_row_words(w);
    return mote_depthwise_is_paired(w) ? 5 : (n_words + 3) / 4 * 4;
}

/* What all outputs of a channel share; `filter` also gives the weights where there are more. */
typedef struct {
    const int32_t *filter;
    int8x16_t weights;
    int8x16_t next_weights;
    int32_t bias;
    int32_t multiplier;
    int32_t shift;
} mote_depthwise_channel_t;

MOTE_INLINE mote_depthwise_channel_t mote_depthwise_channel_s8(const mote_window_t *w,
                                                               const int32_t *filter) {
    const int32_t *const factors = filter + mote_depthwise_filter_words(w);
    return (mote_depthwise_channel_t){
        .filter = filter,
        .weights = mote_depthwise_weights_s8(filter + 1),
        .next_weights = mote_depthwise_weights_s8(filter),
        .bias = factors[0],
        .multiplier = factors[1],
        .shift = factors[2],
    };
}

/* Four neighbouring outputs of a column. */
MOTE_INLINE int32x4_t mote_depthwise_outputs_s8(const mote_depthwise_conv_2d_helium_s8_t *p,
                                                const mote_depthwise_channel_t *channel,
                                                const int8_t *strip, uint32x4_t places) {
    const mote_window_t *const w = &p->window;
    int32x4_t sums;
    if (mote_depthwise_is_paired(w)) {
        sums =
            mote_depthwise_paired_sums_s8(strip, places, channel->weights, channel->next_weights);
    } else {
        sums = mote_depthwise_sums_s8(strip, places, mote_depthwise_step(w), channel->filter,
                                      mote_depthwise_filter_words(w));
    }
    sums = vaddq_n_s32(sums, channel->bias);
    return mote_clamp_s32x4(
        &p->output, mote_requantize_n_s32x4(&p->output, sums, channel->multiplier, channel->shift));
}

/* A column of outputs of one channel; `strip` starts at the channel's first word. */
MOTE_INLINE void mote_depthwise_column_s8(const mote_depthwise_conv_2d_helium_s8_t *p,
                                          const int8_t *strip, uint32x4_t places,
                                          const int32_t *filter, int8_t *output) {
    const mote_window_t *const w = &p->window;
    const uint32x4_t rows = vmulq_n_u32(vidupq_n_u32(0, 1), (uint32_t)p->output_row);
    const mote_depthwise_channel_t channel = mote_depthwise_channel_s8(w, filter);
    for (int32_t i = 0; i < w->output_height / 4; ++i) {
        vstrbq_scatter_offset_s32(output, rows,
                                  mote_depthwise_outputs_s8(p, &channel, strip, places));
        strip += 4 * mote_depthwise_step(w);
        output += 4 * p->output_row;
    }
    if (w->output_height % 4 > 0) {
        const mve_pred16_t inside = vctp32q((uint32_t)w->output_height % 4);
        vstrbq_scatter_offset_p_s32(output, rows,
                                    mote_depthwise_outputs_s8(p, &channel, strip, places), inside);
    }
}

/*
 * input    [batches, input_height, input_width, input_channels]
 * filters  for each output channel: the words of its rows of taps, each row filled up with zeros to
 *          whole words, all filled up to a multiple of 4 words (for paired outputs: a zero, the
 *          three words, a zero); then bias, multiplier, shift. The bias contains the effect of the
 *          input's zero point, padding included
 * strip    64 bytes for each word that four outputs of a column may read, and for the strip
 * output   [batches, output_height, output_width, input_channels * depth_multiplier]; must not
 *          overlap the input
 *
 * Any alignment of input and output. Accumulators must fit int32 (the code generator checks it).
 */
MOTE_INLINE void mote_depthwise_conv_2d_helium_s8(const mote_depthwise_conv_2d_helium_s8_t *p,
                                                  const int8_t *input, const int32_t *filters,
                                                  int8_t *strip, int8_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t channels = p->input_channels * p->depth_multiplier;
    const int32_t filter_words = mote_depthwise_filter_words(w) + 3;
    const uint32x4_t places = mote_depthwise_places();
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        for (int32_t first = 0; first < p->input_channels; first += MOTE_HELIUM_LANES) {
            const int32_t rest = p->input_channels - first;
            const int32_t count = rest < MOTE_HELIUM_LANES ? rest : MOTE_HELIUM_LANES;
            for (int32_t x = 0; x < w->output_width; ++x) {
                if (mote_strip_is_whole(w, x)) {
                    mote_depthwise_strip_s8(p, x, true, input + first, count, strip);
                } else {
                    mote_depthwise_strip_s8(p, x, false, input + first, count, strip);
                }
                for (int32_t i = 0; i < count * p->depth_multiplier; ++i) {
                    const int32_t channel = first * p->depth_multiplier + i;
                    mote_depthwise_column_s8(p, strip + i / p->depth_multiplier * MOTE_HELIUM_WORD,
                                             places, filters + channel * filter_words,
                                             output + x * p->output_column + channel);
                }
            }
        }
        input += w->input_height * w->input_width * p->input_channels;
        output += w->output_height * w->output_width * channels;
    }
}

#endif
