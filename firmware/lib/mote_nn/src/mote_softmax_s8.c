#include "mote_softmax_s8.h"

#include "mote_exp.h"
#include "mote_requantize.h"

enum { SUM_INTEGER_BITS = 12 };

static int32_t row_maximum(const int8_t *input, int32_t depth) {
    int32_t maximum = INT8_MIN;
    for (int32_t i = 0; i < depth; ++i) {
        maximum = input[i] > maximum ? input[i] : maximum;
    }
    return maximum;
}

/* exp of a difference to the maximum, in Q0.31. */
static int32_t exp_of_difference(const mote_softmax_s8_t *p, int32_t difference) {
    const int32_t scaled = mote_requantize_s32(difference, p->multiplier, p->left_shift);
    return mote_exp_of_negative_q5(scaled);
}

static void softmax_row(const mote_softmax_s8_t *p, const int8_t *input, int8_t *output) {
    const int32_t maximum = row_maximum(input, p->depth);
    int32_t sum = 0;
    for (int32_t i = 0; i < p->depth; ++i) {
        if (input[i] - maximum >= p->diff_min) {
            const int32_t power = exp_of_difference(p, input[i] - maximum);
            sum += mote_rounding_shift_right_s32(power, SUM_INTEGER_BITS);
        }
    }

    /* 1 / sum = scale * 2^-bits_over_one, with sum brought to [1, 2) first. */
    const int32_t headroom = __builtin_clz((uint32_t)sum);
    const int32_t bits_over_one = SUM_INTEGER_BITS - headroom;
    const int32_t fraction = (int32_t)(((uint32_t)sum << headroom) - (1u << 31));
    const int32_t scale = mote_one_over_one_plus_q0(fraction);
    const int32_t exponent = bits_over_one + 31 - 8;

    for (int32_t i = 0; i < p->depth; ++i) {
        int32_t value = 0;
        if (input[i] - maximum >= p->diff_min) {
            const int32_t power = exp_of_difference(p, input[i] - maximum);
            value =
                mote_rounding_shift_right_s32(mote_doubling_high_mul_s32(scale, power), exponent);
        }
        output[i] = mote_clamp_s8(value + INT8_MIN, INT8_MIN, INT8_MAX);
    }
}

void mote_softmax_s8(const mote_softmax_s8_t *p, const int8_t *input, int8_t *output) {
    for (int32_t row = 0; row < p->rows; ++row) {
        softmax_row(p, input + row * p->depth, output + row * p->depth);
    }
}
