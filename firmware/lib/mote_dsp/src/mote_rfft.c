#include "mote_rfft.h"

#include "mote_lane.h"

typedef struct {
    mote_lane_t re;
    mote_lane_t im;
} complex_t;

static inline complex_t add(complex_t a, complex_t b) {
    return (complex_t){a.re + b.re, a.im + b.im};
}

static inline complex_t subtract(complex_t a, complex_t b) {
    return (complex_t){a.re - b.re, a.im - b.im};
}

static inline complex_t times_minus_i(complex_t a) {
    return (complex_t){a.im, -a.re};
}

/* a w, with w = (w[0], w[1]). */
static inline complex_t turn(complex_t a, const float *w) {
    return (complex_t){a.re * w[0] - a.im * w[1], a.im * w[0] + a.re * w[1]};
}

/* a times the conjugate of w. */
static inline complex_t turn_back(complex_t a, const float *w) {
    return (complex_t){a.re * w[0] + a.im * w[1], a.im * w[0] - a.re * w[1]};
}

static inline complex_t load(const mote_lane_t *place) {
    return (complex_t){place[0], place[1]};
}

static inline void store(mote_lane_t *place, complex_t value) {
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

/* Stores the eight-point transform whose even samples have the transform `even` and whose odd
 * ones have `odd`. */
static inline void store_8(mote_lane_t *place, uint32_t stride, quad_t even, quad_t odd) {
    static const float SQRT_HALF = 0x1.6a09e6p-1f;
    const complex_t w1 = {SQRT_HALF * (odd.x1.re + odd.x1.im), SQRT_HALF * (odd.x1.im - odd.x1.re)};
    const complex_t w2 = times_minus_i(odd.x2);
    const complex_t w3 = {SQRT_HALF * (odd.x3.im - odd.x3.re),
                          -SQRT_HALF * (odd.x3.re + odd.x3.im)};
    store(place, add(even.x0, odd.x0));
    store(place + stride, add(even.x1, w1));
    store(place + 2 * stride, add(even.x2, w2));
    store(place + 3 * stride, add(even.x3, w3));
    store(place + 4 * stride, subtract(even.x0, odd.x0));
    store(place + 5 * stride, subtract(even.x1, w1));
    store(place + 6 * stride, subtract(even.x2, w2));
    store(place + 7 * stride, subtract(even.x3, w3));
}

static void first_pass_2(mote_lane_t *buffer, uint32_t size) {
    for (mote_lane_t *z = buffer; z < buffer + 2 * size; z += 4) {
        const complex_t a = load(z);
        const complex_t b = load(z + 2);
        store(z, add(a, b));
        store(z + 2, subtract(a, b));
    }
}

static void first_pass_4(mote_lane_t *buffer, uint32_t size) {
    for (mote_lane_t *z = buffer; z < buffer + 2 * size; z += 8) {
        const quad_t x = transform_4(load(z), load(z + 2), load(z + 4), load(z + 6));
        store(z, x.x0);
        store(z + 2, x.x1);
        store(z + 4, x.x2);
        store(z + 6, x.x3);
    }
}

static void first_pass_8(mote_lane_t *buffer, uint32_t size) {
    for (mote_lane_t *z = buffer; z < buffer + 2 * size; z += 16) {
        const quad_t even = transform_4(load(z), load(z + 4), load(z + 8), load(z + 12));
        const quad_t odd = transform_4(load(z + 2), load(z + 6), load(z + 10), load(z + 14));
        store_8(z, 2, even, odd);
    }
}

/* Joins groups of eight neighbouring transforms of m points into transforms of 8 m points. They are
 * those of the samples 8 n + j, j = 0, 1, 2, 3, 4, -3, -2, -1 in this order, so that three of the
 * seven twiddles are conjugates of others. */
static void pass_8(mote_lane_t *buffer, uint32_t size, uint32_t m, const float *twiddles) {
    const uint32_t stride = 2 * m;
    for (mote_lane_t *group = buffer; group < buffer + 2 * size; group += 8 * stride) {
        const float *w = twiddles;
        for (mote_lane_t *z = group; z < group + stride; z += 2) {
            const quad_t even = transform_4(load(z), turn(load(z + 2 * stride), w + 2),
                                            turn(load(z + 4 * stride), w + 6),
                                            turn_back(load(z + 6 * stride), w + 2));
            const quad_t odd = transform_4(
                turn(load(z + stride), w), turn(load(z + 3 * stride), w + 4),
                turn_back(load(z + 5 * stride), w + 4), turn_back(load(z + 7 * stride), w));
            store_8(z, stride, even, odd);
            w += 8;
        }
    }
}

/* Twice the spectrum of the even samples, E[k], and of the odd ones times w^k, O[k]: the Hermitian
 * and anti-Hermitian parts of Z. X[k] = E[k] + O[k] and |X[n_fft / 2 - k]| = |E[k] - O[k]|. */
typedef struct {
    complex_t even;
    complex_t odd;
} halves_t;

static inline halves_t split(const mote_lane_t *low, const mote_lane_t *high, const float *w) {
    const complex_t z = load(low);
    const complex_t mirror = {high[0], -high[1]};
    return (halves_t){add(z, mirror), times_minus_i(turn(subtract(z, mirror), w))};
}

static inline uint32_t minimum(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static inline mote_lane_t power(complex_t x) {
    return x.re * x.re + x.im * x.im;
}

static void split_power(const mote_rfft_t *fft, mote_lane_t *buffer, const float *w) {
    const uint32_t size = fft->n_fft / 2;
    const complex_t z = load(buffer);
    const mote_lane_t first = 2.0f * (z.re + z.im);
    const mote_lane_t last = 2.0f * (z.re - z.im);
    buffer[0] = first * first;
    buffer[2 * size] = last * last;

    /* Bins k < alone are wanted without their mirror images, those from there to `end` with. */
    const uint32_t alone = minimum(fft->n_bins, size + 1 - fft->n_bins);
    const uint32_t end = minimum(fft->n_bins, size / 2 + 1);
    mote_lane_t *low = buffer + 2;
    mote_lane_t *high = buffer + 2 * (size - 1);
    for (; low < buffer + 2 * alone; low += 2, high -= 2, w += 2) {
        const halves_t x = split(low, high, w);
        *low = power(add(x.even, x.odd));
    }
    for (; low < buffer + 2 * end; low += 2, high -= 2, w += 2) {
        const halves_t x = split(low, high, w);
        *low = power(add(x.even, x.odd));
        *high = power(subtract(x.even, x.odd));
    }
}

void mote_rfft_power_f32(const mote_rfft_t *fft, mote_lane_t *buffer) {
    const uint32_t size = fft->n_fft / 2;
    uint32_t m = size;
    while (m > 8) {
        m /= 8;
    }
    if (m == 8) {
        first_pass_8(buffer, size);
    } else if (m == 4) {
        first_pass_4(buffer, size);
    } else {
        first_pass_2(buffer, size);
    }
    const float *twiddles = fft->twiddles;
    for (; m < size; m *= 8) {
        pass_8(buffer, size, m, twiddles);
        twiddles += 8 * m;
    }
    split_power(fft, buffer, twiddles);
}
