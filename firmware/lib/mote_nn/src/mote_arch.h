/*
 * Which form of the kernels the compiler's target runs, and its instructions as inline functions.
 *
 * Exactly one of MOTE_PORTABLE, MOTE_DSP and MOTE_HELIUM is defined. Words of 4 int8 or 2 int16
 * hold the first element in their low bits.
 */
#ifndef MOTE_ARCH_H
#define MOTE_ARCH_H

#include <stdint.h>
#include <string.h>

#if defined(__ARM_FEATURE_MVE)
#define MOTE_HELIUM
#elif defined(__ARM_FEATURE_DSP) && defined(__ARM_FEATURE_SIMD32)
#define MOTE_DSP
#else
#define MOTE_PORTABLE
#endif

#define MOTE_INLINE static inline __attribute__((always_inline))

/* Four neighbouring int8; any alignment. */
MOTE_INLINE uint32_t mote_load_s8x4(const int8_t *values) {
    uint32_t word;
    memcpy(&word, values, sizeof word);
    return word;
}

#if defined(MOTE_DSP)

#include <arm_acle.h>

/* Elements 0 and 2 of int8 x 4 as int16 x 2. */
MOTE_INLINE int32_t mote_sxtb16(uint32_t values) {
    return __sxtb16((int8x4_t)values);
}

/* Elements 1 and 3 of int8 x 4 as int16 x 2. */
MOTE_INLINE int32_t mote_sxtb16_ror8(uint32_t values) {
    int32_t result;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(values));
    return result;
}

/* int16 x 2: element 0 of `first`, element 0 of `second`. */
MOTE_INLINE int32_t mote_pkhbt(int32_t first, int32_t second) {
    int32_t result;
    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(result) : "r"(first), "r"(second));
    return result;
}

/* int16 x 2: element 1 of `first`, element 1 of `second`. */
MOTE_INLINE int32_t mote_pkhtb(int32_t first, int32_t second) {
    int32_t result;
    __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(result) : "r"(second), "r"(first));
    return result;
}

/* Sums of the elements of int16 x 2, modulo 2^16. */
MOTE_INLINE int32_t mote_sadd16(int32_t a, int32_t b) {
    int32_t result;
    __asm__("sadd16 %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
    return result;
}

/* sum + a[0] * b[0] + a[1] * b[1] */
MOTE_INLINE int32_t mote_smlad(int32_t a, int32_t b, int32_t sum) {
    return __smlad((int16x2_t)a, (int16x2_t)b, sum);
}

/* sum + a[0] * b[1] + a[1] * b[0] */
MOTE_INLINE int32_t mote_smladx(int32_t a, int32_t b, int32_t sum) {
    return __smladx((int16x2_t)a, (int16x2_t)b, sum);
}

/* sum + a[0] * b[0] */
MOTE_INLINE int32_t mote_smlabb(int32_t a, int32_t b, int32_t sum) {
    return __smlabb(a, b, sum);
}

/* sum + a[1] * b[0] */
MOTE_INLINE int32_t mote_smlatb(int32_t a, int32_t b, int32_t sum) {
    return __smlatb(a, b, sum);
}

/* sum + round(a * b / 2^32), halves up. */
MOTE_INLINE int32_t mote_smmlar(int32_t a, int32_t b, int32_t sum) {
    int32_t result;
    __asm__("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}

MOTE_INLINE int32_t mote_ssat8(int32_t value) {
    int32_t result;
    __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(value));
    return result;
}

#endif

#endif
