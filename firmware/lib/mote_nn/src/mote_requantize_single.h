/*
 * Single rounding, as XNNPACK has it: an accumulator becomes a float, is multiplied by a float, and
 * the product is rounded to an integer, halves to even. Part of mote_requantize.h.
 *
 * A factor is given as the bits of a positive, normal float below 256. Without a unit for floats
 * the same is computed in integers, which saves the library that would emulate one.
 */
#ifndef MOTE_REQUANTIZE_SINGLE_H
#define MOTE_REQUANTIZE_SINGLE_H

#if defined(__arm__) && defined(__ARM_FP) && (__ARM_FP & 4)

/* The product of value and factor as an integer, clamped to int32. */
MOTE_INLINE int32_t mote_single_s32(int32_t value, int32_t factor) {
    float scale;
    memcpy(&scale, &factor, sizeof scale);
    float rounded = (float)value * scale;
    __asm__("vcvtr.s32.f32 %0, %0" : "+t"(rounded));
    int32_t result;
    memcpy(&result, &rounded, sizeof result);
    return result;
}

#else

/* value / 2^exponent, halves to even; value below 2^62, exponent in [0, 62]. */
MOTE_INLINE uint64_t mote_shift_to_even_u64(uint64_t value, int32_t exponent) {
    if (exponent == 0) {
        return value;
    }
    const uint64_t below_half = ((uint64_t)1 << (exponent - 1)) - 1u;
    return (value + below_half + ((value >> exponent) & 1u)) >> exponent;
}

/* A float: value * 2^exponent, value < 2^24 or 2^24 itself. */
typedef struct {
    uint64_t value;
    int32_t exponent;
} mote_float_t;

/* The float nearest to value * 2^exponent, for a value above 0. */
MOTE_INLINE mote_float_t mote_to_float(uint64_t value, int32_t exponent) {
    const int32_t excess = 40 - __builtin_clzll(value);
    const int32_t dropped = excess > 0 ? excess : 0;
    return (mote_float_t){mote_shift_to_even_u64(value, dropped), exponent + dropped};
}

/* The product of value and factor as an integer, clamped to +-2^30. */
MOTE_SHARED int32_t mote_single_s32(int32_t value, int32_t factor) {
    if (value == 0) {
        return 0;
    }
    const uint32_t magnitude = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
    const uint32_t mantissa = ((uint32_t)factor & 0x7fffffu) | 0x800000u;
    const mote_float_t sum = mote_to_float(magnitude, (factor >> 23) - 150);
    const mote_float_t product = mote_to_float(sum.value * mantissa, sum.exponent);
    const int32_t limit = 1 << 30;
    int32_t rounded;
    if (product.exponent > 6) {
        rounded = limit; /* 2^23 times 2^7 */
    } else if (product.exponent >= 0) {
        rounded = (int32_t)(product.value << product.exponent);
    } else {
        const int32_t fraction = product.exponent < -62 ? 62 : -product.exponent;
        rounded = (int32_t)mote_shift_to_even_u64(product.value, fraction);
    }
    return value < 0 ? -rounded : rounded;
}

#endif

/* The int8 output of an accumulator; zero_point in [-128, 127]. */
MOTE_INLINE int8_t mote_single_s8(int32_t accumulator, int32_t factor, int32_t zero_point) {
    const int32_t rounded = mote_single_s32(accumulator, factor);
#if MOTE_DSP
    return (int8_t)mote_ssat8(mote_qadd(rounded, zero_point));
#else
    const int32_t bounded = rounded < -256 ? -256 : rounded > 255 ? 255 : rounded;
    return mote_clamp_s8(bounded + zero_point, -128, 127);
#endif
}

#endif
