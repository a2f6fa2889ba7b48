#include "mote_sqrt.h"

#if defined(__SSE__)

#include <xmmintrin.h>

float mote_sqrt_f32(float x) {
    return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x)));
}

#elif defined(__aarch64__) && defined(__ARM_FP)

float mote_sqrt_f32(float x) {
    float root;
    __asm__("fsqrt %s0, %s1" : "=w"(root) : "w"(x));
    return root;
}

#elif defined(__ARM_FP) && (__ARM_FP & 4)

float mote_sqrt_f32(float x) {
    float root;
    __asm__("vsqrt.f32 %0, %1" : "=t"(root) : "t"(x));
    return root;
}

#else

#include <stdint.h>
#include <string.h>

#define IMPLICIT_BIT 0x800000u
#define ROOT_BITS 25 /* of the result 24, and one to round by */

/* x = m 4^e with m in [1, 4), so sqrt(x) = sqrt(m) 2^e. Two bits of m give one of the root, as in
 * long division. No root lies halfway between two floats: its square would have too many bits. */
float mote_sqrt_f32(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (bits == 0) {
        return x;
    }
    int32_t exponent = (int32_t)(bits >> 23);
    uint32_t mantissa = bits & (IMPLICIT_BIT - 1);
    if (exponent > 0) {
        mantissa |= IMPLICIT_BIT;
    } else {
        for (exponent = 1; mantissa < IMPLICIT_BIT; exponent--) {
            mantissa <<= 1;
        }
    }
    exponent -= 127;
    const uint32_t odd = (uint32_t)exponent & 1u;
    uint32_t radicand = mantissa << (7 + odd); /* m with 30 bits after the point */

    uint32_t root = 0;
    uint32_t remainder = 0;
    for (uint32_t i = 0; i < ROOT_BITS; i++) {
        remainder = remainder << 2 | radicand >> 30;
        radicand <<= 2;
        const uint32_t trial = root << 2 | 1u;
        root <<= 1;
        if (remainder >= trial) {
            remainder -= trial;
            root |= 1u;
        }
    }
    const int32_t half = (exponent - (int32_t)odd) / 2;
    bits = ((uint32_t)(half + 126) << 23) + ((root + 1) >> 1); /* the implicit bit adds the 127th */
    memcpy(&x, &bits, sizeof x);
    return x;
}

#endif
