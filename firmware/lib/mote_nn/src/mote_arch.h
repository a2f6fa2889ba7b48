/*
 * Which form of the kernels is compiled, and the few instructions that C has no words for.
 *
 * Exactly one of MOTE_PORTABLE, MOTE_DSP and MOTE_HELIUM is 1, the others are 0.
 */
#ifndef MOTE_ARCH_H
#define MOTE_ARCH_H

#include <stdint.h>
#include <string.h>

#if defined(__ARM_FEATURE_MVE)
#define MOTE_HELIUM 1
#elif defined(__thumb2__) && defined(__ARM_FEATURE_DSP) && defined(__ARM_FEATURE_SIMD32)
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

/* Two int8 pairs to one int16 pair: `low` in the lower half. */
MOTE_INLINE int32_t mote_pack_s16x2(int32_t low, int32_t high) {
    return (int32_t)(((uint32_t)low & 0xffffu) | ((uint32_t)high << 16));
}

#if MOTE_DSP

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
    __asm__("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(a), "r"(b));
    return sum;
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

#endif

#endif
