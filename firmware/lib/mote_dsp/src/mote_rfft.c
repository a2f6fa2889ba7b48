#include "mote_rfft.h"

typedef struct {
    float re;
    float im;
} complex_t;

static inline complex_t add(complex_t a, complex_t b) {
    return (complex_t){a.re + b.re, a.im + b.im};
}

static inline complex_t subtract(complex_t a, complex_t b) {
    return (complex_t){a.re - b.re, a.im - b.im};
}

static inline complex_t multiply(complex_t a, complex_t b) {
    return (complex_t){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static inline complex_t multiply_conjugate(complex_t a, complex_t b) {
    return (complex_t){a.re * b.re + a.im * b.im, a.re * b.im - a.im * b.re};
}

static inline complex_t times_minus_i(complex_t a) {
    return (complex_t){a.im, -a.re};
}

static inline complex_t load(const float *place) {
    return (complex_t){place[0], place[1]};
}

static inline void store(float *place, complex_t value) {
    place[0] = value.re;
    place[1] = value.im;
}

/* Four values by name: an array would be kept in memory. */
typedef struct {
    complex_t x0;
    complex_t x1;
    complex_t x2;
    complex_t x3;
} quad_t;

/* Four-point transform of a, b, c and the sample before a, d (for four points the one after c). */
static inline quad_t transform_4(complex_t a, complex_t b, complex_t c, complex_t d) {
    const complex_t p = add(a, c);
    const complex_t q = subtract(a, c);
    const complex_t r = add(b, d);
    const complex_t s = times_minus_i(subtract(b, d));
    return (quad_t){add(p, r), add(q, s), subtract(p, r), subtract(q, s)};
}

static inline void store_4(float *place, uint32_t stride, quad_t values) {
    store(place, values.x0);
    store(place + stride, values.x1);
    store(place + 2 * stride, values.x2);
    store(place + 3 * stride, values.x3);
}

static void first_pass_4(float *buffer, uint32_t size) {
    for (float *z = buffer; z < buffer + 2 * size; z += 8) {
        store_4(z, 2, transform_4(load(z), load(z + 2), load(z + 4), load(z + 6)));
    }
}

static void first_pass_8(float *buffer, uint32_t size) {
    static const float SQRT_HALF = 0x1.6a09e6p-1f;
    for (float *z = buffer; z < buffer + 2 * size; z += 16) {
        const quad_t even = transform_4(load(z), load(z + 4), load(z + 8), load(z + 12));
        const quad_t odd = transform_4(load(z + 2), load(z + 6), load(z + 10), load(z + 14));
        const complex_t w1 = {SQRT_HALF * (odd.x1.re + odd.x1.im),
                              SQRT_HALF * (odd.x1.im - odd.x1.re)};
        const complex_t w2 = times_minus_i(odd.x2);
        const complex_t w3 = {SQRT_HALF * (odd.x3.im - odd.x3.re),
                              -SQRT_HALF * (odd.x3.re + odd.x3.im)};
        store_4(
            z, 2,
            (quad_t){add(even.x0, odd.x0), add(even.x1, w1), add(even.x2, w2), add(even.x3, w3)});
        store_4(z + 8, 2,
                (quad_t){subtract(even.x0, odd.x0), subtract(even.x1, w1), subtract(even.x2, w2),
                         subtract(even.x3, w3)});
    }
}

/* Joins groups of four neighbouring transforms of m points into transforms of 4 m points. */
static void pass_4(float *buffer, uint32_t size, uint32_t m, const float *twiddles) {
    const uint32_t stride = 2 * m;
    for (float *group = buffer; group < buffer + 2 * size; group += 4 * stride) {
        const float *w = twiddles;
        for (float *z = group; z < group + stride; z += 2) {
            const complex_t w1 = load(w);
            const complex_t w2 = load(w + 2);
            const quad_t joined = transform_4(load(z), multiply(w1, load(z + stride)),
                                              multiply(w2, load(z + 2 * stride)),
                                              multiply_conjugate(w1, load(z + 3 * stride)));
            store_4(z, stride, joined);
            w += 4;
        }
    }
}

/* X[k] = E[k] + w^k O[k], where the transforms E and O of the even and odd samples are the
 * Hermitian and anti-Hermitian parts of Z, and |X[n_fft / 2 - k]| = |E[k] - w^k O[k]|. */
static void split_power(float *buffer, uint32_t size, const float *twiddles) {
    const float sum = 2.0f * (buffer[0] + buffer[1]);
    buffer[0] = sum * sum;
    for (uint32_t k = 1; k <= size / 2; k++) {
        float *low = buffer + 2 * k;
        float *high = buffer + 2 * (size - k);
        const complex_t z = load(low);
        const complex_t mirror = {high[0], -high[1]};
        const complex_t even = add(z, mirror);
        const complex_t odd =
            times_minus_i(multiply(load(twiddles + 2 * (k - 1)), subtract(z, mirror)));
        const complex_t a = add(even, odd);
        const complex_t b = subtract(even, odd);
        *low = a.re * a.re + a.im * a.im;
        *high = b.re * b.re + b.im * b.im;
    }
}

void mote_rfft_power_f32(const mote_rfft_t *fft, float *buffer) {
    const uint32_t size = fft->n_fft / 2;
    uint32_t m = size;
    while (m > 8) {
        m /= 4;
    }
    if (m == 8) {
        first_pass_8(buffer, size);
    } else {
        first_pass_4(buffer, size);
    }
    const float *twiddles = fft->twiddles;
    for (; m < size; m *= 4) {
        pass_4(buffer, size, m, twiddles);
        twiddles += 4 * m;
    }
    split_power(buffer, size, fft->split);
}
