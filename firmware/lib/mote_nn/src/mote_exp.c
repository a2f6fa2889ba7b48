#include "mote_exp.h"

#include "mote_requantize.h"

enum { INTEGER_BITS = 5, FRACTION_BITS = 31 - INTEGER_BITS, N_POWERS = 7 };

/* exp(-2^k) in Q0.31 for k = -2 ... 4 */
static const int32_t exp_of_minus_power[N_POWERS] = {1672461947, 1302514674, 790015084, 290630308,
                                                     39332535,   720401,     242};

/* exp(value) for value in [-1/4, 0) in Q0.31: Taylor series around -1/8. */
static int32_t exp_near_zero(int32_t value) {
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

int32_t mote_exp_of_negative_q5(int32_t value) {
    if (value == 0) {
        return INT32_MAX;
    }
    const int32_t quarter = 1 << (FRACTION_BITS - 2);
    const int32_t rest = (value & (quarter - 1)) - quarter;
    const int32_t quarters = (rest - value) >> (FRACTION_BITS - 2);
    int32_t result = exp_near_zero(rest * (1 << INTEGER_BITS));
    for (int k = 0; k < N_POWERS; ++k) {
        if ((quarters >> k & 1) != 0) {
            result = mote_doubling_high_mul_s32(result, exp_of_minus_power[k]);
        }
    }
    return result;
}

/* value * 2^exponent, saturated. */
static int32_t saturating_shift_left(int32_t value, int exponent) {
    const int64_t shifted = (int64_t)value * (1 << exponent);
    if (shifted > INT32_MAX) {
        return INT32_MAX;
    }
    return shifted < INT32_MIN ? INT32_MIN : (int32_t)shifted;
}

int32_t mote_one_over_one_plus_q0(int32_t value) {
    /* Newton-Raphson for 1 / half_denominator, in Q2.29, from 48/17 - 32/17 half_denominator. */
    const int32_t half_denominator = (int32_t)(((int64_t)value + INT32_MAX + 1) / 2);
    int32_t x = 1515870810 + mote_doubling_high_mul_s32(half_denominator, -1010580540);
    for (int step = 0; step < 3; ++step) {
        const int32_t rest = (1 << 29) - mote_doubling_high_mul_s32(half_denominator, x);
        x += saturating_shift_left(mote_doubling_high_mul_s32(x, rest), 2);
    }
    return saturating_shift_left(x, 1);
}
