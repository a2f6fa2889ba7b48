#include "mote_microfrontend_fft.h"

#include "mote_microfrontend_complex.h"

/* Four values by name: an array would be kept in memory. */
typedef struct {
    complex_t x0;
    complex_t x1;
    complex_t x2;
    complex_t x3;
} quad_t;

/* Four-point transform. */
static inline quad_t transform_4(complex_t a, complex_t b, complex_t c, complex_t d) {
    const complex_t p = add(a, c);
    const complex_t q = subtract(a, c);
    const complex_t r = add(b, d);
    const complex_t s = subtract(b, d);
    return (quad_t){add(p, r), subtract_i(q, s), subtract(p, r), add_i(q, s)};
}

static inline void store_4(uint32_t *place, uint32_t stride, quad_t values) {
    place[0] = complex_store(values.x0);
    place[stride] = complex_store(values.x1);
    place[2 * stride] = complex_store(values.x2);
    place[3 * stride] = complex_store(values.x3);
}

/* kissfft's twiddle factor for a first pass is 32767 / 32768, which its rounding makes 1. */
static void first_pass_2(uint32_t *words, uint32_t size, uint32_t shift) {
    for (uint32_t *z = words; z < words + size; z += 2) {
        const complex_t a = scale_shifted(z[0], shift, COMPLEX_HALF);
        const complex_t b = scale_shifted(z[1], shift, COMPLEX_HALF);
        z[0] = complex_store(add(a, b));
        z[1] = complex_store(subtract(a, b));
    }
}

static void first_pass_4(uint32_t *words, uint32_t size, uint32_t shift) {
    for (uint32_t *z = words; z < words + size; z += 4) {
        const complex_t a = scale_shifted(z[0], shift, COMPLEX_QUARTER);
        const complex_t b = scale_shifted(z[1], shift, COMPLEX_QUARTER);
        const complex_t c = scale_shifted(z[2], shift, COMPLEX_QUARTER);
        const complex_t d = scale_shifted(z[3], shift, COMPLEX_QUARTER);
        store_4(z, 1, transform_4(a, b, c, d));
    }
}

static inline complex_t quarter(uint32_t word) {
    return scale(complex_load(word), COMPLEX_QUARTER);
}

/* Joins groups of four neighbouring transforms of m points into transforms of 4 m points. */
static void pass_4(uint32_t *words, uint32_t size, uint32_t m, const uint32_t *twiddles) {
    for (uint32_t first = 0; first < m; first++) {
        const uint32_t w1 = twiddles[0];
        const uint32_t w2 = twiddles[1];
        const uint32_t w3 = twiddles[2];
        for (uint32_t n = first; n < size; n += 4 * m) {
            uint32_t *z = words + n;
            const quad_t joined =
                transform_4(quarter(z[0]), multiply(quarter(z[m]), w1),
                            multiply(quarter(z[2 * m]), w2), multiply(quarter(z[3 * m]), w3));
            store_4(z, m, joined);
        }
        twiddles += 3;
    }
}

/* X[k] = E[k] + w^k O[k], where the transforms E and O of the even and odd samples are the
 * Hermitian and anti-Hermitian parts of Z, and X[size - k] = conjugate(E[k] - w^k O[k]).
 * Rounding makes the two differ for k = size / 2; the latter counts. */
static void split_power(uint32_t *words, uint32_t size, const uint32_t *twiddles) {
    for (uint32_t k = 1; k <= size / 2; k++) {
        const complex_t z = scale(complex_load(words[k]), COMPLEX_HALF);
        const complex_t mirror = scale_conjugate(complex_load(words[size - k]), COMPLEX_HALF);
        const complex_t even = add(z, mirror);
        const complex_t odd = multiply(subtract(z, mirror), twiddles[k - 1]);
        words[k] = half_sum_power(even, odd);
        words[size - k] = half_difference_power(even, odd);
    }
}

void mote_microfrontend_power(const mote_microfrontend_fft_t *fft, uint32_t shift,
                              uint32_t *words) {
    const uint32_t size = fft->n_fft / 2;
    uint32_t m = size;
    while (m > 4) {
        m /= 4;
    }
    if (m == 2) {
        first_pass_2(words, size, shift);
    } else {
        first_pass_4(words, size, shift);
    }
    const uint32_t *twiddles = fft->twiddles;
    for (; m < size; m *= 4) {
        pass_4(words, size, m, twiddles);
        twiddles += 3 * m;
    }
    split_power(words, size, fft->split);
}
