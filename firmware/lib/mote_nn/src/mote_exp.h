/*
 * Exponential and reciprocal in 32-bit fixed point, without tables and without libm.
 *
 * Qm.n has m integer bits, a sign bit and n = 31 - m fraction bits. The results equal gemmlowp's
 * fixed-point functions bit for bit.
 */
#ifndef MOTE_EXP_H
#define MOTE_EXP_H

#include <stdint.h>

#include "mote_requantize.h"

/* exp(value) for value in [-1/4, 0) in Q0.31: Taylor series around -1/8. */
MOTE_INLINE int32_t mote_exp_near_zero(int32_t value) {
    const int32_t exp_minus_one_eighth = 1895147668;
    const int32_t one_third = 715827883;
    const int32_t x = value + (1 << 28);
    const int32_t x2 = mote_doubling_high_mul_s32(x, x);
    const int32_t x3 = mote_doubling_high_mul_s32(x2, x);
    const int32_t x4 = mote_doubling_high_mul_s32(x2, x2);
    const int32_t high_terms = mote_rounding_shift_right_s32(x4, 2) + x3;
    const int32_t terms = mote_doubling_high_mul_s32(high_terms, one_third) + x2;
    const int32_t series = x + mote_rounding_shift_right_s32(terms, 1);
    return exp_minus_one_eighth + mote_doubling_high_mul_s32(exp_minus_one_eighth, series);
}

/* exp(value) in Q0.31 for value <= 0 in Q5.26. */
MOTE_SHARED int32_t mote_exp_of_negative_q5(int32_t value) {
    /* exp(-2^k) in Q0.31 for k = -2 ... 4 */
    static const int32_t powers[7] = {1672461947, 1302514674, 790015084, 290630308,
                                      39332535,   720401,     242};
    if (value == 0) {
        return INT32_MAX;
    }
    const int32_t quarter = 1 << 24;
    const int32_t rest = (value & (quarter - 1)) - quarter;
    const int32_t quarters = (rest - value) >> 24;
    int32_t result = mote_exp_near_zero(rest * (1 << 5));
    for (int k = 0; k < 7; ++k) {
        if ((quarters >> k & 1) != 0) {
            result = mote_doubling_high_mul_s32(result, powers[k]);
        }
    }
    return result;
}

/* value * 2^exponent, saturated. */
MOTE_INLINE int32_t mote_saturating_shift_left_s32(int32_t value, int exponent) {
    const int64_t shifted = (int64_t)value * (1 << exponent);
    if (shifted > INT32_MAX) {
        return INT32_MAX;
    }
    return shifted < INT32_MIN ? INT32_MIN : (int32_t)shifted;
}

/* 1 / (1 + value) in Q0.31 for value in [0, 1) in Q0.31. */
MOTE_SHARED int32_t mote_one_over_one_plus_q0(int32_t value) {
    /* Newton-Raphson for 1 / half_denominator, in Q2.29, from 48/17 - 32/17 half_denominator. */
    const int32_t half_denominator = (int32_t)(((int64_t)value + INT32_MAX + 1) / 2);
    int32_t x = 1515870810 + mote_doubling_high_mul_s32(half_denominator, -1010580540);
    for (int step = 0; step < 3; ++step) {
        const int32_t rest = (1 << 29) - mote_doubling_high_mul_s32(half_denominator, x);
        x += mote_saturating_shift_left_s32(mote_doubling_high_mul_s32(x, rest), 2);
    }
    return mote_saturating_shift_left_s32(x, 1);
}

#endif
