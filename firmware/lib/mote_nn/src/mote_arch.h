/*
 * Which form of the kernels is compiled, and the few instructions that C has no words for.
 *
 * Exactly one of MOTE_PORTABLE, MOTE_DSP and MOTE_HELIUM is 1, the others are 0.
 */
#ifndef MOTE_ARCH_H
#define MOTE_ARCH_H

#include <stdint.h>
#include <string.h>

/* 1: the generated code was made for single rounding; its kernels have no form for Helium. */
#ifndef MOTE_SINGLE_ROUNDING
#define MOTE_SINGLE_ROUNDING 0
#endif

#if defined(__ARM_FEATURE_MVE) && !MOTE_SINGLE_ROUNDING
#define MOTE_HELIUM 1
#elif !defined(__ARM_FEATURE_MVE) && defined(__thumb2__) && defined(__ARM_FEATURE_DSP) &&          \
    defined(__ARM_FEATURE_SIMD32)
#define MOTE_DSP 1
#else
#define MOTE_PORTABLE 1
#endif

#ifndef MOTE_HELIUM
#define MOTE_HELIUM 0
#endif
#ifndef MOTE_DSP
#define MOTE_DSP 0
#endif
#ifndef MOTE_PORTABLE
#define MOTE_PORTABLE 0
#endif

/* A kernel that its constant parameters specialise. */
#define MOTE_INLINE static inline __attribute__((always_inline))

/* A piece of code that all kernels of a model share; dropped where none uses it. */
#define MOTE_SHARED static __attribute__((noinline, unused))

/* Four bytes as a little-endian word; any alignment. */
MOTE_INLINE int32_t mote_load_s8x4(const int8_t *from) {
    int32_t word;
    memcpy(&word, from, sizeof word);
    return word;
}

/* A word of four times the same int8. */
MOTE_INLINE int32_t mote_splat_s8x4(int32_t value) {
    return (int32_t)((uint32_t)(uint8_t)value * 0x01010101u);
}

#if MOTE_DSP

#include <arm_acle.h>

/* Bytes 0 and 2 as an int16 pair. */
MOTE_INLINE int32_t mote_sxtb16(int32_t bytes) {
    int32_t pair;
    __asm__("sxtb16 %0, %1" : "=r"(pair) : "r"(bytes));
    return pair;
}

/* Bytes 1 and 3 as an int16 pair. */
MOTE_INLINE int32_t mote_sxtb16_odd(int32_t bytes) {
    int32_t pair;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(bytes));
    return pair;
}

/* sum + a.low * b.low + a.high * b.high of int16 pairs, modulo 2^32. */
MOTE_INLINE int32_t mote_smlad(int32_t a, int32_t b, int32_t sum) {
    return __smlad(a, b, sum);
}

/* (sum * 2^32 + a * b + 2^31) >> 32, modulo 2^32. */
MOTE_INLINE int32_t mote_smmlar(int32_t a, int32_t b, int32_t sum) {
    int32_t high;
    __asm__("smmlar %0, %1, %2, %3" : "=r"(high) : "r"(a), "r"(b), "r"(sum));
    return high;
}

/* value >> 1 clamped to int8. */
MOTE_INLINE int8_t mote_halve_to_s8(int32_t value) {
    int32_t half;
    __asm__("ssat %0, #8, %1, asr #1" : "=r"(half) : "r"(value));
    return (int8_t)half;
}

/* Halves of two words as an int16 pair: the low half of `low`, the low half of `high`. */
MOTE_INLINE int32_t mote_pkhbt(int32_t low, int32_t high) {
    int32_t pair;
    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(pair) : "r"(low), "r"(high));
    return pair;
}

/* The high half of `low`, the high half of `high`. */
MOTE_INLINE int32_t mote_pkhtb(int32_t low, int32_t high) {
    int32_t pair;
    __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(pair) : "r"(high), "r"(low));
    return pair;
}

/* Sums of int16 pairs, modulo 2^16 each. */
MOTE_INLINE int32_t mote_sadd16(int32_t a, int32_t b) {
    int32_t pair;
    __asm__("sadd16 %0, %1, %2" : "=r"(pair) : "r"(a), "r"(b));
    return pair;
}

/* sum + a.low * b.high + a.high * b.low, modulo 2^32. */
MOTE_INLINE int32_t mote_smladx(int32_t a, int32_t b, int32_t sum) {
    return __smladx(a, b, sum);
}

/* sum + a.low * b.low, modulo 2^32. */
MOTE_INLINE int32_t mote_smlabb(int32_t a, int32_t b, int32_t sum) {
    return __smlabb(a, b, sum);
}

/* sum + a.high * b.low, modulo 2^32. */
MOTE_INLINE int32_t mote_smlatb(int32_t a, int32_t b, int32_t sum) {
    return __smlatb(a, b, sum);
}

/* sum + a.high * b.high, modulo 2^32. */
MOTE_INLINE int32_t mote_smlatt(int32_t a, int32_t b, int32_t sum) {
    return __smlatt(a, b, sum);
}

/* Bytes 0 and 2, added to the int16 pair `sum`, modulo 2^16 each. */
MOTE_INLINE int32_t mote_sxtab16(int32_t sum, int32_t bytes) {
    int32_t pair;
    __asm__("sxtab16 %0, %1, %2" : "=r"(pair) : "r"(sum), "r"(bytes));
    return pair;
}

/* Bytes 1 and 3, added to the int16 pair `sum`, modulo 2^16 each. */
MOTE_INLINE int32_t mote_sxtab16_odd(int32_t sum, int32_t bytes) {
    int32_t pair;
    __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(pair) : "r"(sum), "r"(bytes));
    return pair;
}

/* The greater of each of four int8. */
MOTE_INLINE int32_t mote_max_s8x4(int32_t a, int32_t b) {
    int32_t greater;
    __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(greater) : "r"(a), "r"(b));
    return greater;
}

/* The smaller of each of four int8. */
MOTE_INLINE int32_t mote_min_s8x4(int32_t a, int32_t b) {
    int32_t smaller;
    __asm__("ssub8 %0, %1, %2\n\tsel %0, %2, %1" : "=&r"(smaller) : "r"(a), "r"(b));
    return smaller;
}

/* a + b clamped to int32. */
MOTE_INLINE int32_t mote_qadd(int32_t a, int32_t b) {
    return __qadd(a, b);
}

/* value clamped to int8. */
MOTE_INLINE int32_t mote_ssat8(int32_t value) {
    int32_t result;
    __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(value));
    return result;
}

#endif

#endif
