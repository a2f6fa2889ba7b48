/* Integer arithmetic that fixed-point blocks share: the same integers on every machine.
 *
 * What a core has no instruction for is put together from those it has. Right shifts of negative
 * numbers are arithmetic (floor), as all compilers for our targets define them. */
#ifndef MOTE_FIXED_H
#define MOTE_FIXED_H

#include <stdint.h>

/* Armv6-M multiplies 32 x 32 bits to the low 32 only and does not count leading zeros. */
#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1
#define MOTE_FIXED_SPLIT 1
#else
#define MOTE_FIXED_SPLIT 0
#endif

#if MOTE_FIXED_SPLIT
/* x & 0xffff in one instruction, of which the compiler would make two. */
static inline int32_t mote_low_half(int32_t x) {
    int32_t low;
    __asm__("uxth %0, %1" : "=l"(low) : "l"(x));
    return low;
}
#endif

/* floor(a * b / 2^32), for all a and b. */
static inline int32_t mote_mul_hi(int32_t a, int32_t b) {
#if MOTE_FIXED_SPLIT
    const int32_t a_high = a >> 16;
    const int32_t b_high = b >> 16;
    const int32_t a_low = mote_low_half(a);
    const int32_t b_low = mote_low_half(b);
    const int32_t low = a_high * b_low + (int32_t)((uint32_t)a_low * (uint32_t)b_low >> 16);
    const int32_t middle = a_low * b_high + mote_low_half(low);
    return a_high * b_high + (low >> 16) + (middle >> 16);
#elif defined(__ARM_FEATURE_DSP)
    int32_t high;
    __asm__("smmul %0, %1, %2" : "=r"(high) : "r"(a), "r"(b));
    return high;
#else
    return (int32_t)((int64_t)a * b >> 32);
#endif
}

/* sum + floor(a * b / 2^32), if it fits. */
static inline int32_t mote_mul_hi_add(int32_t sum, int32_t a, int32_t b) {
#if defined(__ARM_FEATURE_DSP)
    int32_t result;
    __asm__("smmla %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
#else
    return sum + mote_mul_hi(a, b);
#endif
}

/* mote_mul_hi for b whose low 16 bits are zero: half the work where products are split. */
static inline int32_t mote_mul_hi_top(int32_t a, int32_t b) {
#if MOTE_FIXED_SPLIT
    const int32_t b_high = b >> 16;
    return (a >> 16) * b_high + (mote_low_half(a) * b_high >> 16);
#else
    return mote_mul_hi(a, b);
#endif
}

/* floor(a * b / 2^16), for all a and b. */
static inline uint32_t mote_mul_u16(uint32_t a, uint16_t b) {
#if MOTE_FIXED_SPLIT
    return (a >> 16) * b + ((uint16_t)a * (uint32_t)b >> 16);
#else
    return (uint32_t)((uint64_t)a * ((uint32_t)b << 16) >> 32);
#endif
}

/* Zeros above the highest one bit: 0 to 32. */
static inline uint32_t mote_leading_zeros(uint32_t x) {
#if MOTE_FIXED_SPLIT
    uint32_t zeros = 32;
    for (uint32_t step = 16; step > 0; step /= 2) {
        if (x >> step != 0) {
            zeros -= step;
            x >>= step;
        }
    }
    return zeros - x;
#else
    return x == 0 ? 32 : (uint32_t)__builtin_clz(x);
#endif
}

/* The bits of a magnitude, or'ed into a word whose highest one bit is that of the largest: a value
 * fits into as many bits and a sign. */
static inline uint32_t mote_magnitude_bits(int32_t x) {
    return (uint32_t)(x ^ x >> 31);
}

#endif
