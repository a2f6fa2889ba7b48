/* Complex numbers of two int16, with the roundings of TFLM's integer FFT (kissfft in 16 bits).
 *
 * In memory a number is one word, the real part in its lower half. Cores with the DSP extension
 * keep it so in a register; the others take it apart. Both forms give the same bits: a result that
 * does not fit 16 bits wraps around. */
#ifndef MOTE_MICROFRONTEND_COMPLEX_H
#define MOTE_MICROFRONTEND_COMPLEX_H

#include <stdint.h>

#define COMPLEX_ROUND (1 << 14) /* half of the last place that a Q15 product keeps */
#define COMPLEX_HALF 16383      /* the multipliers by which kissfft halves and quarters */
#define COMPLEX_QUARTER 8191

/* The upper 16 of the lower 31 bits of each, as a word. */
static inline uint32_t pack_q15(int32_t re, int32_t im) {
    return ((uint32_t)(re >> 15) & 0xffffu) | (((uint32_t)im << 1) & 0xffff0000u);
}

#if defined(__ARM_FEATURE_DSP) && defined(__ARM_FEATURE_SIMD32)

#include <arm_acle.h>

typedef int32_t complex_t;

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

static inline complex_t scale(complex_t a, int32_t factor) {
    return (complex_t)pack_q15(__smlabb(a, factor, COMPLEX_ROUND),
                               __smlatb(a, factor, COMPLEX_ROUND));
}

static inline complex_t multiply(complex_t a, uint32_t w) {
    return (complex_t)pack_q15(__smlsd(a, (int32_t)w, COMPLEX_ROUND),
                               __smladx(a, (int32_t)w, COMPLEX_ROUND));
}

static inline complex_t conjugate(complex_t a) {
    return (complex_t)(((uint32_t)a & 0xffffu) | ((uint32_t)__ssub16(0, a) & 0xffff0000u));
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

static inline complex_t complex_load(uint32_t word) {
    return (complex_t){(int16_t)(word & 0xffffu), (int16_t)(word >> 16)};
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
    return (complex_t){(a.re * factor + COMPLEX_ROUND) >> 15,
                       (a.im * factor + COMPLEX_ROUND) >> 15};
}

static inline complex_t multiply(complex_t a, uint32_t w) {
    const complex_t b = complex_load(w);
    return (complex_t){(int16_t)((a.re * b.re - a.im * b.im + COMPLEX_ROUND) >> 15),
                       (int16_t)((a.re * b.im + a.im * b.re + COMPLEX_ROUND) >> 15)};
}

static inline complex_t conjugate(complex_t a) {
    return (complex_t){a.re, (int16_t)-a.im};
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
