/*
 * Fixed-point rescaling: the only place in C that knows the rounding rule.
 *
 * The rule is the double rounding of TensorFlow Lite Micro's reference kernels. Right shifts of
 * negative numbers must be arithmetic, as in GCC, Clang and every Arm compiler.
 */
#ifndef MOTE_REQUANTIZE_H
#define MOTE_REQUANTIZE_H

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
 * The same for 64-bit sums, which TensorFlow Lite rounds once, with a multiplier of 15 bits:
 * (value * multiplier + addend) >> shift, modulo 2^32. The addend contains half and the product of
 * bias and multiplier; shift in [8, 46], |value| < 2^47.
 */
MOTE_INLINE int32_t mote_requantize_s64(int64_t value, int32_t multiplier, int64_t addend,
                                        int32_t shift) {
    return (int32_t)((value * multiplier + addend) >> shift);
}

MOTE_INLINE int8_t mote_clamp_s8(int32_t value, int32_t low, int32_t high) {
    const int32_t raised = value < low ? low : value;
    return (int8_t)(raised > high ? high : raised);
}

MOTE_INLINE int16_t mote_clamp_s16(int32_t value, int32_t low, int32_t high) {
    const int32_t raised = value < low ? low : value;
    return (int16_t)(raised > high ? high : raised);
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
