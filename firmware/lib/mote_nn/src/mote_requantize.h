/*
 * Rescaling: the only place in C that knows the rounding rule.
 *
 * The rule is the double rounding of TensorFlow Lite Micro's reference kernels or, where
 * MOTE_SINGLE_ROUNDING is 1, for sums that become int8, that of mote_requantize_single.h. Right
 * shifts of negative numbers must be arithmetic, as in GCC, Clang and every Arm compiler.
 */
#ifndef MOTE_REQUANTIZE_H
#define MOTE_REQUANTIZE_H

#include <stdbool.h>
#include <stdint.h>

#include "mote_arch.h"

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
} mote_scaling_t;

/* A constant that the compiler does not see through. */
MOTE_INLINE int32_t mote_in_register(int32_t constant) {
    __asm__("" : "+r"(constant));
    return constant;
}

MOTE_INLINE bool mote_scaling_is_fraction(const mote_scaling_t *scaling) {
    return scaling->shift < 0 && scaling->shift >= -20;
}

MOTE_INLINE mote_scaling_t mote_scaling(int32_t multiplier, int32_t shift, int32_t offset) {
    mote_scaling_t scaling = {multiplier, shift, offset, 0};
    if (mote_scaling_is_fraction(&scaling)) {
        const int32_t one = 1 << -shift;
        scaling.addend = mote_in_register(one / 2 + offset * one);
    }
    return scaling;
}

/*
 * The result * 2^-shift of half of the value `doubled`, for a fraction; the lowest bits are noise.
 * The sign of the value stands for that of its product: a product of 0 rounds to 0 either way.
 */
MOTE_INLINE int32_t mote_scaling_of_doubled(const mote_scaling_t *scaling, int32_t doubled) {
    const int32_t addend = scaling->addend + (doubled >> 31);
#if MOTE_DSP
    return mote_smmlar(doubled, scaling->multiplier, addend);
#else
    return addend + (int32_t)(((int64_t)doubled * scaling->multiplier + ((int64_t)1 << 31)) >> 32);
#endif
}

/* The result; value in [-2^30, 2^30). */
MOTE_INLINE int32_t mote_scaling_of(const mote_scaling_t *scaling, int32_t value) {
    if (mote_scaling_is_fraction(scaling)) {
        return mote_scaling_of_doubled(scaling, value * 2) >> -scaling->shift;
    }
    const int32_t scaled = mote_requantize_s32(value, scaling->multiplier, scaling->shift);
    return (int32_t)((uint32_t)scaled + (uint32_t)scaling->offset);
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

#if MOTE_SINGLE_ROUNDING
#include "mote_requantize_single.h"
#endif

/*
 * A sum of int8 products by any factor, plus a zero point in [-128, 127], to be clamped to int8: a
 * multiplier and a shift as for mote_requantize_s32, or with single rounding the bits of a float.
 */
MOTE_INLINE int32_t mote_rescale_s8(int32_t sum, int32_t multiplier, int32_t shift,
                                    int32_t zero_point) {
#if MOTE_SINGLE_ROUNDING
    (void)shift;
    return mote_single_s8(sum, multiplier, zero_point);
#else
    return mote_requantize_s32(sum, multiplier, shift) + zero_point;
#endif
}

#if MOTE_DSP

/* Factor and zero point of one channel, for mote_requantize_doubled_s8. */
typedef struct {
    int32_t multiplier;  /* 0, or in [2^30, 2^31) */
    int32_t right_shift; /* in [1, 20] */
    int32_t offset;      /* half of the last place and the zero point, before the shift */
} mote_factor_t;

/* `shift` in [-20, -1], zero_point in [-128, 127]. */
MOTE_INLINE mote_factor_t mote_factor(int32_t multiplier, int32_t shift, int32_t zero_point) {
    return (mote_factor_t){multiplier, -shift, (2 * zero_point + 1) * (1 << (-shift - 1))};
}

/*
 * The int8 output of an accumulator in five instructions, given twice the accumulator, which must
 * fit int32: clamp(mote_requantize_s32(doubled / 2, multiplier, shift) + zero_point, -128, 127).
 *
 * round(2 a * multiplier / 2^32) is the rounded product; a negative one loses 1 before the shift
 * so that halves go away from zero, and its sign is the accumulator's unless it is 0, where the
 * lost 1 changes nothing.
 */
MOTE_INLINE int32_t mote_requantize_doubled_s8(int32_t doubled, mote_factor_t factor) {
    const int32_t product = mote_smmlar(doubled, factor.multiplier, factor.offset);
    return mote_ssat8((product + (doubled >> 31)) >> factor.right_shift);
}

#endif

#if !MOTE_DSP
/* value >> 1 clamped to int8. */
MOTE_INLINE int8_t mote_halve_to_s8(int32_t value) {
    return mote_clamp_s8(value >> 1, -128, 127);
}
#endif

/*
 * From int32 accumulators to int8 output, with a factor that the kernel reads beside its weights.
 *
 * The factor is `scale` = 2 * multiplier modulo 2^32, for a multiplier that is 0 or in
 * [2^30, 2^31), and a shift in [-31, 31]. With single rounding `scale` holds the bits of a float
 * and the shift says nothing.
 */
typedef struct {
    int32_t zero_point;     /* in [-128, 127] */
    int32_t activation_min; /* -128 <= activation_min <= activation_max <= 127 */
    int32_t activation_max;
    int32_t general; /* 0: each multiplier is not 0, each shift is in [-20, -1], and no accumulator
                        leaves +-(2^31 - 2 - |2 zero_point + 1| * 2^(-shift - 1)) */
} mote_stage_s8_t;

/* Kernels compile one of these forms, which follows from a stage's constants. */
typedef enum {
    MOTE_STAGE_PLAIN,
    MOTE_STAGE_CLAMPED,
    MOTE_STAGE_GENERAL,
} mote_stage_form_t;

MOTE_INLINE mote_stage_form_t mote_stage_form(const mote_stage_s8_t *stage) {
    if (stage->general) {
        return MOTE_STAGE_GENERAL;
    }
    const bool clamps = stage->activation_min > -128 || stage->activation_max < 127;
    return clamps ? MOTE_STAGE_CLAMPED : MOTE_STAGE_PLAIN;
}

/* round(value * multiplier / 2^31), halves up, for a multiplier in [2^30, 2^31). */
MOTE_INLINE int32_t mote_scaled_s32(int32_t value, int32_t scale) {
#if MOTE_DSP
    /* scale is 2 * multiplier - 2^32, so value * 2^32 + value * scale is the doubled product */
    return mote_smmlar(value, scale, value);
#else
    return mote_doubling_high_mul_s32(value, (int32_t)((uint32_t)scale >> 1));
#endif
}

/* The int8 output of an accumulator: mote_requantize_s32, plus the zero point, clamped. */
MOTE_INLINE int8_t mote_stage_s8(const mote_stage_s8_t *stage, mote_stage_form_t form,
                                 int32_t accumulator, int32_t scale, int32_t shift) {
#if MOTE_SINGLE_ROUNDING
    (void)shift;
    const int8_t single = mote_single_s8(accumulator, scale, stage->zero_point);
    return form == MOTE_STAGE_PLAIN
               ? single
               : mote_clamp_s8(single, stage->activation_min, stage->activation_max);
#else
    if (form == MOTE_STAGE_GENERAL) {
        const int32_t multiplier = (int32_t)((uint32_t)scale >> 1);
        const int32_t scaled = mote_requantize_s32(accumulator, multiplier, shift);
        return mote_clamp_s8(scaled + stage->zero_point, stage->activation_min,
                             stage->activation_max);
    }
    /* (v - (v < 0) + half) >> -shift rounds halves away from zero; the zero point joins half */
    const int32_t exponent = ~shift;
    const int32_t scaled = mote_scaled_s32(accumulator, scale);
    const int32_t offset = (2 * stage->zero_point + 1) * (1 << exponent);
    const int32_t doubled = (scaled + (scaled >> 31) + offset) >> exponent;
    const int8_t value = mote_halve_to_s8(doubled);
    return form == MOTE_STAGE_PLAIN
               ? value
               : mote_clamp_s8(value, stage->activation_min, stage->activation_max);
#endif
}

#endif
