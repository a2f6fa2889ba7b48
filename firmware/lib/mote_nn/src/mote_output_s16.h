/*
 * From accumulators of int16x8 layers to int16.
 *
 * A channel is four words: its int64 bias (low word first), multiplier and shift.
 */
#ifndef MOTE_OUTPUT_S16_H
#define MOTE_OUTPUT_S16_H

#include <stdint.h>

#include "mote_dot_rows.h"
#include "mote_requantize.h"

enum { MOTE_CHANNEL_WORDS = 4 };

typedef struct {
    int32_t wide_sums;      /* 1: 64-bit sums; 0: they wrap modulo 2^32 */
    int32_t activation_min; /* -32768 <= activation_min <= activation_max <= 32767 */
    int32_t activation_max;
} mote_output_s16_t;

/* The output of a channel; `sum` lacks the bias. |sum + bias| < 2^47. */
MOTE_INLINE int16_t mote_output_s16(const mote_output_s16_t *stage, int64_t sum,
                                    const int32_t *channel) {
    const int64_t total = sum + mote_load_s64(channel);
    const int32_t scaled = stage->wide_sums
                               ? mote_requantize_s64(total, channel[2], channel[3])
                               : mote_requantize_s32((int32_t)total, channel[2], channel[3]);
    return mote_clamp_s16(scaled, stage->activation_min, stage->activation_max);
}

/* Four neighbouring channels. */
MOTE_INLINE void mote_output_rows_s16(const mote_output_s16_t *stage, mote_rows_s64_t sum,
                                      const int32_t *channels, int16_t *output) {
    output[0] = mote_output_s16(stage, sum.a, channels);
    output[1] = mote_output_s16(stage, sum.b, channels + MOTE_CHANNEL_WORDS);
    output[2] = mote_output_s16(stage, sum.c, channels + 2 * MOTE_CHANNEL_WORDS);
    output[3] = mote_output_s16(stage, sum.d, channels + 3 * MOTE_CHANNEL_WORDS);
}

#endif
