/*
 * From accumulators of int16x8 layers to int16.
 *
 * A channel is four words. For 64-bit sums: the int64 addend (low word first), multiplier and shift
 * of mote_requantize_s64. For 32-bit sums: bias, 0, multiplier and shift of mote_requantize_s32.
 */
#ifndef MOTE_OUTPUT_S16_H
#define MOTE_OUTPUT_S16_H

#include <stdint.h>

#include "mote_dot_rows.h"
#include "mote_requantize.h"

enum { MOTE_CHANNEL_WORDS = 4 };

typedef struct {
    int32_t wide_sums;      /* 1: 64-bit sums; 0: they wrap modulo 2^32 */
    int32_t small_products; /* 1: the sum without bias always fits int32 */
    int32_t activation_min; /* -32768 <= activation_min <= activation_max <= 32767 */
    int32_t activation_max;
} mote_output_s16_t;

/* The output of a channel; `sum` lacks the bias. */
MOTE_INLINE int16_t mote_output_s16(const mote_output_s16_t *stage, int64_t sum,
                                    const int32_t *channel) {
    const int32_t scaled =
        stage->wide_sums ? mote_requantize_s64(sum, channel[2], mote_load_s64(channel), channel[3])
                         : mote_requantize_s32((int32_t)(sum + channel[0]), channel[2], channel[3]);
    return mote_clamp_s16(scaled, stage->activation_min, stage->activation_max);
}

/*
 * The products of one layer on their way: in 32 bits where they fit, otherwise in 64.
 * Four neighbouring channels, or one (in .a).
 */
typedef struct {
    mote_rows_s32_t small;
    mote_rows_s64_t wide;
} mote_sums_s16_t;

/* Adds the products of `count` elements; filters are `row` weights apart; rows is 4 or 1. */
MOTE_INLINE void mote_add_products_s16(const mote_output_s16_t *stage, mote_sums_s16_t *sums,
                                       int32_t rows, const int16_t *input, const int8_t *weights,
                                       int32_t row, int32_t count) {
    if (stage->small_products && rows == 4) {
        sums->small = mote_dot_rows_s16(sums->small, input, weights, row, count);
    } else if (stage->small_products) {
        sums->small.a = mote_dot_row_s16(sums->small.a, input, weights, count);
    } else if (rows == 4) {
        sums->wide = mote_dot_rows_wide_s16(sums->wide, input, weights, row, count);
    } else {
        sums->wide.a = mote_dot_row_wide_s16(sums->wide.a, input, weights, count);
    }
}

/* The outputs of `rows` (4 or 1) neighbouring channels. */
MOTE_INLINE void mote_output_sums_s16(const mote_output_s16_t *stage, const mote_sums_s16_t *sums,
                                      int32_t rows, const int32_t *channels, int16_t *output) {
    const mote_rows_s64_t sum = stage->small_products ? mote_widen_rows(sums->small) : sums->wide;
    output[0] = mote_output_s16(stage, sum.a, channels);
    if (rows == 4) {
        output[1] = mote_output_s16(stage, sum.b, channels + MOTE_CHANNEL_WORDS);
        output[2] = mote_output_s16(stage, sum.c, channels + 2 * MOTE_CHANNEL_WORDS);
        output[3] = mote_output_s16(stage, sum.d, channels + 3 * MOTE_CHANNEL_WORDS);
    }
}

#endif
