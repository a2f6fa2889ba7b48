/*
 * Fixed-point rescaling: the only place in C that knows the rounding rule.
 *
 * The rule is the double rounding of TensorFlow Lite Micro's reference kernels. Right shifts of
 * negative numbers must be arithmetic, as in GCC, Clang and every Arm compiler.
 */
#ifndef MOTE_REQUANTIZE_H
#define MOTE_REQUANTIZE_H

#include <stdbool.h>
#include <stdint.h>

#include "mote_arch.h"

/* From int32 accumulators to int8 output. */
typedef struct {
    const int32_t *multipliers; /* 0, or in [2^30, 2^31): one, or one per channel */
    const int8_t *shifts;       /* in [-31, 31], as many as multipliers */
    int32_t channel_step;       /* 1: a factor per channel, 0: one for all */
    int32_t zero_point;         /* in [-128, 127] */
    int32_t activation_min;     /* -128 <= activation_min <= activation_max <= 127 */
    int32_t activation_max;
} mote_output_t;

/* round(a * b / 2^31), halves up; not defined for a = b = INT32_MIN. */
MOTE_INLINE int32_t mote_doubling_high_mul_s32(int32_t a, int32_t b) {
    return (int32_t)(((int64_t)a * b + (1 << 30)) >> 31);
}

/* round(value / 2^exponent), halves away from zero; exponent in [0, 31]. */
MOTE_INLINE int32_t mote_rounding_shift_right_s32(int32_t value, int32_t exponent) {
    const int32_t mask = (int32_t)((1u << exponent) - 1u);
    const int32_t threshold = (mask >> 1) + (value < 0 ? 1 : 0);
    return (value >> exponent) + ((value & mask) > threshold ? 1 : 0);
}

/*
 * value * multiplier * 2^(shift - 31). A positive shift wraps modulo 2^32; multiplier >= 0,
 * shift in [-31, 31].
 */
MOTE_INLINE int32_t mote_requantize_s32(int32_t value, int32_t multiplier, int32_t shift) {
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t shifted = (int32_t)((uint32_t)value << left);
    const int32_t product = mote_doubling_high_mul_s32(shifted, multiplier);
    return mote_rounding_shift_right_s32(product, left - shift);
}

/*
 * One constant factor for many values, made before the loop: value * multiplier * 2^(shift - 31) +
 * offset, rounded as by mote_requantize_s32; |offset| < 2^8. Sums wrap modulo 2^32.
 */
typedef struct {
    int32_t multiplier;
    int32_t shift;
    int32_t offset;
    int32_t addend; /* in a register, so that one instruction can add a shifted value to it */
} mote_factor_t;

/* A constant that the compiler does not see through. */
MOTE_INLINE int32_t mote_in_register(int32_t constant) {
    __asm__("" : "+r"(constant));
    return constant;
}

MOTE_INLINE bool mote_factor_is_fraction(const mote_factor_t *factor) {
    return factor->shift < 0 && factor->shift >= -20;
}

MOTE_INLINE mote_factor_t mote_factor(int32_t multiplier, int32_t shift, int32_t offset) {
    mote_factor_t factor = {multiplier, shift, offset, 0};
    if (mote_factor_is_fraction(&factor)) {
        const int32_t half = 1 << (-shift - 1);
        factor.addend = mote_in_register(half + offset * (1 << -shift));
    }
    return factor;
}

/*
 * The result * 2^-shift of half of the value `doubled`, for a fraction; the lowest bits are noise.
 * The sign of the value stands for that of its product: a product of 0 rounds to 0 either way.
 */
MOTE_INLINE int32_t mote_factor_of_doubled(const mote_factor_t *factor, int32_t doubled) {
    const int32_t addend = factor->addend + (doubled >> 31);
#if MOTE_DSP
    return mote_smmlar(doubled, factor->multiplier, addend);
#else
    return addend + (int32_t)(((int64_t)doubled * factor->multiplier + ((int64_t)1 << 31)) >> 32);
#endif
}

/* The result; value in [-2^30, 2^30). */
MOTE_INLINE int32_t mote_factor_of(const mote_factor_t *factor, int32_t value) {
    if (mote_factor_is_fraction(factor)) {
        return mote_factor_of_doubled(factor, value * 2) >> -factor->shift;
    }
    const int32_t scaled = mote_requantize_s32(value, factor->multiplier, factor->shift);
    return (int32_t)((uint32_t)scaled + (uint32_t)factor->offset);
}

MOTE_INLINE int8_t mote_clamp_s8(int32_t value, int32_t low, int32_t high) {
    const int32_t raised = value < low ? low : value;
    return (int8_t)(raised > high ? high : raised);
}

/* The int8 output of a channel's accumulator. */
MOTE_INLINE int8_t mote_output_s8(const mote_output_t *output, int32_t accumulator,
                                  int32_t channel) {
    const int32_t factor = channel * output->channel_step;
    const int32_t scaled =
        mote_requantize_s32(accumulator, output->multipliers[factor], output->shifts[factor]);
    return mote_clamp_s8(scaled + output->zero_point, output->activation_min,
                         output->activation_max);
}

#endif
