/*
 * What elementwise kernels share: memory under any type, one factor for all elements, broadcasting.
 */
#ifndef MOTE_ELEMENTWISE_H
#define MOTE_ELEMENTWISE_H

#include <stddef.h>
#include <stdint.h>

#include "mote_requantize.h"

/* Before a loop: four steps to an iteration, where speed counts more than size. */
#if defined(__GNUC__) && !defined(__clang__) && !defined(__OPTIMIZE_SIZE__)
#define MOTE_UNROLL _Pragma("GCC unroll 4")
#else
#define MOTE_UNROLL
#endif

typedef enum { MOTE_S8, MOTE_U8, MOTE_S16, MOTE_S32 } mote_dtype_t;

/* In place, memory changes its type under the compiler's eyes. */
typedef int16_t __attribute__((may_alias)) mote_any_s16_t;
typedef int32_t __attribute__((may_alias)) mote_any_s32_t;
typedef float __attribute__((may_alias)) mote_any_f32_t;

/* Element `index` of an array of `dtype`, aligned to its size. */
MOTE_INLINE int32_t mote_load(const void *array, mote_dtype_t dtype, int32_t index) {
    switch (dtype) {
    case MOTE_S8:
        return ((const int8_t *)array)[index];
    case MOTE_U8:
        return ((const uint8_t *)array)[index];
    case MOTE_S16:
        return ((const mote_any_s16_t *)array)[index];
    default:
        return ((const mote_any_s32_t *)array)[index];
    }
}

/* Sets element `index` of an array of `dtype`, aligned to its size. */
MOTE_INLINE void mote_store(void *array, mote_dtype_t dtype, int32_t index, int32_t value) {
    switch (dtype) {
    case MOTE_S8:
        ((int8_t *)array)[index] = (int8_t)value;
        break;
    case MOTE_U8:
        ((uint8_t *)array)[index] = (uint8_t)value;
        break;
    case MOTE_S16:
        ((mote_any_s16_t *)array)[index] = (int16_t)value;
        break;
    default:
        ((mote_any_s32_t *)array)[index] = value;
        break;
    }
}

MOTE_INLINE int32_t mote_clamp_s32(int32_t value, int32_t low, int32_t high) {
    const int32_t raised = value < low ? low : value;
    return raised > high ? high : raised;
}

/* From int32 values to the output, all with one factor. */
typedef struct {
    int32_t multiplier; /* 0, or in [2^30, 2^31); with single rounding the bits of a float */
    int32_t shift;      /* in [-31, 31] */
    int32_t zero_point;
    int32_t activation_min;
    int32_t activation_max;
} mote_range_t;

MOTE_INLINE mote_scaling_t mote_range_scaling(const mote_range_t *range) {
    return mote_scaling(range->multiplier, range->shift, range->zero_point);
}

/* value >> shift, clamped to signed numbers of `bits` bits. */
MOTE_INLINE int32_t mote_saturate(int32_t value, int32_t shift, int32_t bits) {
#if MOTE_DSP
    if (__builtin_constant_p(shift) && __builtin_constant_p(bits)) {
        int32_t saturated;
        __asm__("ssat %0, %1, %2, asr %3" : "=r"(saturated) : "I"(bits), "r"(value), "M"(shift));
        return saturated;
    }
#endif
    return mote_clamp_s32(value >> shift, -(1 << (bits - 1)), (1 << (bits - 1)) - 1);
}

/* The int8 or int16 output of half of the value `doubled`; `scaling` is the range's. */
MOTE_INLINE int32_t mote_output_of_doubled(const mote_range_t *range, const mote_scaling_t *scaling,
                                           int32_t doubled) {
    const int32_t low = range->activation_min;
    const int32_t high = range->activation_max;
#if MOTE_SINGLE_ROUNDING
    (void)scaling;
    return mote_clamp_s32(mote_single_s8(doubled / 2, range->multiplier, range->zero_point), low,
                          high);
#else
    if (!mote_scaling_is_fraction(scaling)) {
        return mote_clamp_s32(mote_scaling_of(scaling, doubled / 2), low, high);
    }
    const int32_t bits = low >= INT8_MIN && high <= INT8_MAX ? 8 : 16;
    const int32_t largest = (1 << (bits - 1)) - 1;
    int32_t value = mote_scaling_of_doubled(scaling, doubled);
    value = mote_saturate(value, -scaling->shift, bits);
    if (low > -largest - 1) {
        value = value < low ? low : value;
    }
    if (high < largest) {
        value = value > high ? high : value;
    }
    return value;
#endif
}

/*
 * Two inputs of different shapes over four axes: for each axis its size and the elements from one
 * value of an input to the next, 0 where the input repeats. The last strides are 0 or 1.
 */
typedef struct {
    int32_t shape[4];
    int32_t first_strides[4];
    int32_t second_strides[4];
} mote_broadcast_t;

/* Computes shape[3] outputs; the inputs step by their last stride. */
typedef void (*mote_row_t)(const void *parameters, const void *first, const void *second,
                           void *output);

/* Applies `row` to every row; sizes are those of one element, in bytes. */
MOTE_INLINE void mote_broadcast(const mote_broadcast_t *b, mote_row_t row, const void *parameters,
                                const void *first, int32_t first_bytes, const void *second,
                                int32_t second_bytes, void *output, int32_t output_bytes) {
    int8_t *out = output;
    for (int32_t i = 0; i < b->shape[0]; ++i) {
        for (int32_t j = 0; j < b->shape[1]; ++j) {
            for (int32_t k = 0; k < b->shape[2]; ++k) {
                const int32_t one =
                    i * b->first_strides[0] + j * b->first_strides[1] + k * b->first_strides[2];
                const int32_t two =
                    i * b->second_strides[0] + j * b->second_strides[1] + k * b->second_strides[2];
                row(parameters, (const int8_t *)first + one * first_bytes,
                    (const int8_t *)second + two * second_bytes, out);
                out += b->shape[3] * output_bytes;
            }
        }
    }
}

#endif
