/*
 * Softmax of int8 to int8 (scale 1/256, zero point -128) or int16 (1/65536, -32768).
 */
#ifndef MOTE_SOFTMAX_S8_H
#define MOTE_SOFTMAX_S8_H

#include "mote_elementwise.h"
#include "mote_exp.h"

enum { MOTE_SOFTMAX_SUM_INTEGER_BITS = 12 };

typedef struct {
    int32_t rows;
    int32_t depth;      /* at least 1, below 4096 */
    int32_t multiplier; /* brings input differences to Q5.26 */
    int32_t left_shift; /* in [0, 31] */
    int32_t diff_min;   /* <= 0: elements further below their row's maximum count as zero */
} mote_softmax_s8_t;

/* exp(input - maximum) in Q0.31. */
MOTE_INLINE int32_t mote_softmax_power(const mote_softmax_s8_t *p, int32_t difference) {
    if (difference < p->diff_min) {
        return 0;
    }
    return mote_exp_of_negative_q5(mote_requantize_s32(difference, p->multiplier, p->left_shift));
}

/* One row to an output of `bits` bits. */
MOTE_INLINE void mote_softmax_row(const mote_softmax_s8_t *p, const int8_t *input, void *output,
                                  mote_dtype_t dtype, int32_t bits) {
    int32_t maximum = INT8_MIN;
    for (int32_t i = 0; i < p->depth; ++i) {
        maximum = input[i] > maximum ? input[i] : maximum;
    }
    int32_t sum = 0;
    for (int32_t i = 0; i < p->depth; ++i) {
        const int32_t power = mote_softmax_power(p, input[i] - maximum);
        sum += mote_rounding_shift_right_s32(power, MOTE_SOFTMAX_SUM_INTEGER_BITS);
    }

    /* 1 / sum = scale * 2^-bits_over_one, with sum brought to [1, 2) first. */
    const int32_t headroom = __builtin_clz((uint32_t)sum);
    const int32_t bits_over_one = MOTE_SOFTMAX_SUM_INTEGER_BITS - headroom;
    const int32_t fraction = (int32_t)(((uint32_t)sum << headroom) - (1u << 31));
    const int32_t scale = mote_one_over_one_plus_q0(fraction);
    const int32_t exponent = bits_over_one + 31 - bits;

    const int32_t lowest = -(1 << (bits - 1));
    for (int32_t i = 0; i < p->depth; ++i) {
        const int32_t power = mote_softmax_power(p, input[i] - maximum);
        const int32_t share = mote_doubling_high_mul_s32(scale, power);
        const int32_t value = mote_rounding_shift_right_s32(share, exponent) + lowest;
        mote_store(output, dtype, i, mote_clamp_s32(value, lowest, -lowest - 1));
    }
}

/* input and output [rows, depth]; the output may be the input. Any alignment. */
MOTE_INLINE void mote_softmax_s8_s8(const mote_softmax_s8_t *p, const int8_t *input,
                                    int8_t *output) {
    for (int32_t row = 0; row < p->rows; ++row) {
        mote_softmax_row(p, input, output, MOTE_S8, 8);
        input += p->depth;
        output += p->depth;
    }
}

/* As mote_softmax_s8_s8; the output may begin before the input by all elements but one. */
MOTE_INLINE void mote_softmax_s8_s16(const mote_softmax_s8_t *p, const int8_t *input,
                                     int16_t *output) {
    for (int32_t row = 0; row < p->rows; ++row) {
        mote_softmax_row(p, input, output, MOTE_S16, 16);
        input += p->depth;
        output += p->depth;
    }
}

#endif
