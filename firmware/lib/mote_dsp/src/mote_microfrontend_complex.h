/* Complex numbers of two int16, with the roundings of TFLM's integer FFT (kissfft in 16 bits).
 *
 * In memory a number is one word, the real part in its lower half. Cores with the DSP extension
 * keep it so in a register; the others take it apart. Both forms give the same bits: a result that
 * does not fit 16 bits wraps around. */
#ifndef MOTE_MICROFRONTEND_COMPLEX_H
#define MOTE_MICROFRONTEND_COMPLEX_H

#include <stdint.h>

#if defined(__ARM_FEATURE_DSP) && defined(__ARM_FEATURE_SIMD32)

#include <arm_acle.h>

typedef int32_t complex_t;

/* kissfft's factors are Q15; with Q16 the upper halves of the products are the results. */
#define COMPLEX_HALF (2 * 16383)
#define COMPLEX_QUARTER (2 * 8191)
#define ROUND_Q15 (1 << 14)
#define ROUND_Q16 (1 << 15)

static inline complex_t pack_q16(int32_t re, int32_t im) {
    complex_t packed;
    __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(packed) : "r"(im), "r"(re));
    return packed;
}

static inline complex_t complex_load(uint32_t word) {
    return (int32_t)word;
}

static inline uint32_t complex_store(complex_t a) {
    return (uint32_t)a;
}

static inline complex_t add(complex_t a, complex_t b) {
    return __sadd16(a, b);
}

static inline complex_t subtract(complex_t a, complex_t b) {
    return __ssub16(a, b);
}

/* a + i b */
static inline complex_t add_i(complex_t a, complex_t b) {
    return __sasx(a, b);
}

/* a - i b */
static inline complex_t subtract_i(complex_t a, complex_t b) {
    return __ssax(a, b);
}

/* The product, rounded, with COMPLEX_HALF or COMPLEX_QUARTER. */
static inline complex_t scale(complex_t a, int32_t factor) {
    return pack_q16(__smlabb(a, factor, ROUND_Q16), __smlatb(a, factor, ROUND_Q16));
}

/* `scale` of the complex conjugate. */
static inline complex_t scale_conjugate(complex_t a, int32_t factor) {
    return pack_q16(__smlabb(a, factor, ROUND_Q16), __smlatb(__ssub16(0, a), factor, ROUND_Q16));
}

/* `scale` of a word after a shift to the left that loses what leaves 16 bits. */
static inline complex_t scale_shifted(uint32_t word, uint32_t shift, int32_t factor) {
    const uint32_t im = (word & 0xffff0000u) << shift;
    return pack_q16(__smlabb((int32_t)(word << shift), factor, ROUND_Q16),
                    __smlatb((int32_t)im, factor, ROUND_Q16));
}

/* `w` is Q15. */
static inline complex_t multiply(complex_t a, uint32_t w) {
    const int32_t re = __smlsd(a, (int32_t)w, ROUND_Q15);
    const int32_t im = __smladx(a, (int32_t)w, ROUND_Q15);
    complex_t packed;
    __asm__("pkhtb %0, %1, %2, asr #15" : "=r"(packed) : "r"((uint32_t)im << 1), "r"(re));
    return packed;
}

/* |(a + b) / 2|^2, both parts of the half rounded down */
static inline uint32_t half_sum_power(complex_t a, complex_t b) {
    const complex_t half = __shadd16(a, b);
    return (uint32_t)__smuad(half, half);
}

/* |(conjugate(a) - conjugate(b)) / 2|^2, both parts of the half rounded down */
static inline uint32_t half_difference_power(complex_t a, complex_t b) {
    const complex_t re = __shsub16(a, b);
    const complex_t im = __shsub16(b, a);
    return (uint32_t)__smlatt(im, im, __smlabb(re, re, 0));
}

#else

typedef struct {
    int32_t re;
    int32_t im;
} complex_t;

#define COMPLEX_HALF 16383
#define COMPLEX_QUARTER 8191
#define ROUND_Q15 (1 << 14)

static inline complex_t complex_load(uint32_t word) {
    return (complex_t){(int16_t)word, (int16_t)(word >> 16)};
}

static inline uint32_t complex_store(complex_t a) {
    return ((uint32_t)a.re & 0xffffu) | ((uint32_t)a.im << 16);
}

static inline complex_t add(complex_t a, complex_t b) {
    return (complex_t){a.re + b.re, a.im + b.im};
}

static inline complex_t subtract(complex_t a, complex_t b) {
    return (complex_t){a.re - b.re, a.im - b.im};
}

static inline complex_t add_i(complex_t a, complex_t b) {
    return (complex_t){a.re - b.im, a.im + b.re};
}

static inline complex_t subtract_i(complex_t a, complex_t b) {
    return (complex_t){a.re + b.im, a.im - b.re};
}

static inline complex_t scale(complex_t a, int32_t factor) {
    return (complex_t){(a.re * factor + ROUND_Q15) >> 15, (a.im * factor + ROUND_Q15) >> 15};
}

static inline complex_t scale_conjugate(complex_t a, int32_t factor) {
    return scale((complex_t){a.re, (int16_t)-a.im}, factor);
}

static inline complex_t scale_shifted(uint32_t word, uint32_t shift, int32_t factor) {
    const uint32_t im = (word & 0xffff0000u) << shift;
    return scale((complex_t){(int16_t)(word << shift), (int16_t)(im >> 16)}, factor);
}

static inline complex_t multiply(complex_t a, uint32_t w) {
    const complex_t b = complex_load(w);
    return (complex_t){(int16_t)((a.re * b.re - a.im * b.im + ROUND_Q15) >> 15),
                       (int16_t)((a.re * b.im + a.im * b.re + ROUND_Q15) >> 15)};
}

static inline uint32_t half_sum_power(complex_t a, complex_t b) {
    const int32_t re = (a.re + b.re) >> 1;
    const int32_t im = (a.im + b.im) >> 1;
    return (uint32_t)(re * re + im * im);
}

static inline uint32_t half_difference_power(complex_t a, complex_t b) {
    const int32_t re = (a.re - b.re) >> 1;
    const int32_t im = (b.im - a.im) >> 1;
    return (uint32_t)(re * re + im * im);
}

#endif
#endif
