#include "mote_rfft_s32.h"

#include <stdbool.h>

#include "mote_fixed.h"

#define MOTE_INLINE static inline __attribute__((always_inline))

typedef struct {
    int32_t re;
    int32_t im;
} complex_t;

static inline complex_t add(complex_t a, complex_t b) {
    return (complex_t){a.re + b.re, a.im + b.im};
}

static inline complex_t subtract(complex_t a, complex_t b) {
    return (complex_t){a.re - b.re, a.im - b.im};
}

static inline complex_t quarter(complex_t a) {
    return (complex_t){a.re >> 2, a.im >> 2};
}

static inline complex_t times_minus_i(complex_t a) {
    return (complex_t){a.im, -a.re};
}

/* a times the twiddle at w, divided by 4. The 1 makes up for two roundings down. */
static inline complex_t multiply(const int32_t *w, complex_t a) {
    const int32_t common = mote_mul_hi_add(1, w[0], a.re + a.im);
    return (complex_t){mote_mul_hi_add(common, w[1], a.im), mote_mul_hi_add(common, w[2], a.re)};
}

/* The same with the conjugate of the twiddle. */
static inline complex_t multiply_conjugate(const int32_t *w, complex_t a) {
    const int32_t common = mote_mul_hi_add(1, w[0], a.re + a.im);
    return (complex_t){mote_mul_hi_add(common, w[2], a.im), mote_mul_hi_add(common, w[1], a.re)};
}

static inline complex_t load(const int32_t *place) {
    return (complex_t){place[0], place[1]};
}

/* Holds back the loads after it: done sooner, they take registers from what is before it. */
static inline void load_later(void) {
    __asm__ volatile("" ::: "memory");
}

static inline void store(int32_t *place, complex_t value) {
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

static inline void store_4(int32_t *place, uint32_t stride, quad_t values) {
    store(place, values.x0);
    store(place + stride, values.x1);
    store(place + 2 * stride, values.x2);
    store(place + 3 * stride, values.x3);
}

static void first_pass_4(int32_t *buffer, uint32_t size) {
    for (int32_t *z = buffer; z < buffer + 2 * size; z += 8) {
        store_4(z, 2, transform_4(load(z), load(z + 2), load(z + 4), load(z + 6)));
    }
}

static inline int32_t times_sqrt_half(int32_t x) {
    return 2 * mote_mul_hi(0x5a82799a, x);
}

static void first_pass_8(int32_t *buffer, uint32_t size) {
    for (int32_t *z = buffer; z < buffer + 2 * size; z += 16) {
        const quad_t even = transform_4(load(z), load(z + 4), load(z + 8), load(z + 12));
        load_later();
        const quad_t odd = transform_4(load(z + 2), load(z + 6), load(z + 10), load(z + 14));
        const complex_t w1 = {times_sqrt_half(odd.x1.re + odd.x1.im),
                              times_sqrt_half(odd.x1.im - odd.x1.re)};
        const complex_t w2 = times_minus_i(odd.x2);
        const complex_t w3 = {times_sqrt_half(odd.x3.im - odd.x3.re),
                              -times_sqrt_half(odd.x3.re + odd.x3.im)};
        store_4(
            z, 2,
            (quad_t){add(even.x0, odd.x0), add(even.x1, w1), add(even.x2, w2), add(even.x3, w3)});
        store_4(z + 8, 2,
                (quad_t){subtract(even.x0, odd.x0), subtract(even.x1, w1), subtract(even.x2, w2),
                         subtract(even.x3, w3)});
    }
}

/* Butterflies of one group from z to `end`; the twiddles w and w^2 move on by `step` and twice as
 * much. Where w^2 has left the first quarter turn, w2 is a quarter turn behind it. They are
 * transform_4 in the order that keeps the fewest values at once: registers are short. */
MOTE_INLINE void join(int32_t *z, const int32_t *end, uint32_t stride, const int32_t *w,
                      const int32_t *w2, uint32_t step, bool is_quarter_behind) {
    for (; z < end; z += 2) {
        const complex_t b = multiply(w, load(z + stride));
        const complex_t d = multiply_conjugate(w, load(z + 3 * stride));
        const complex_t r = add(b, d);
        const complex_t s = times_minus_i(subtract(b, d));
        load_later();
        const complex_t turned = multiply(w2, load(z + 2 * stride));
        const complex_t c = is_quarter_behind ? times_minus_i(turned) : turned;
        load_later();
        const complex_t a = quarter(load(z));
        const complex_t p = add(a, c);
        const complex_t q = subtract(a, c);
        store(z, add(p, r));
        store(z + 2 * stride, subtract(p, r));
        store(z + stride, add(q, s));
        store(z + 3 * stride, subtract(q, s));
        w += step;
        w2 += 2 * step;
    }
}

/* Joins groups of four neighbouring transforms of m points into transforms of 4 m points. */
static void pass_4(int32_t *buffer, uint32_t size, uint32_t m, const int32_t *turn) {
    const uint32_t stride = 2 * m;
    const uint32_t step = 3 * (size / (2 * m));
    for (int32_t *group = buffer; group < buffer + 2 * size; group += 4 * stride) {
        store_4(group, stride,
                transform_4(quarter(load(group)), quarter(load(group + stride)),
                            quarter(load(group + 2 * stride)), quarter(load(group + 3 * stride))));
        int32_t *middle = group + m + 2;
        join(group + 2, middle, stride, turn + step, turn + 2 * step, step, false);
        join(middle, group + stride, stride, turn + (m / 2 + 1) * step, turn + 2 * step, step,
             true);
    }
}

/* 2 X[k] = E[k] + w^k O[k], where the transforms E and O of the even and odd samples are twice the
 * Hermitian and anti-Hermitian parts of Z, and 2 X[n_fft / 2 - k] is the conjugate of
 * E[k] - w^k O[k]. */
static inline void split(int32_t *buffer, uint32_t size, uint32_t n_bins, const int32_t *w,
                         bool with_mirror) {
    for (uint32_t k = 1; k < n_bins; k++) {
        int32_t *low = buffer + 2 * k;
        int32_t *high = buffer + 2 * (size - k);
        const complex_t z = load(low);
        const complex_t mirror = {high[0], -high[1]};
        const complex_t even = quarter(add(z, mirror));
        const complex_t odd = times_minus_i(multiply(w, subtract(z, mirror)));
        if (with_mirror) {
            store(high, (complex_t){even.re - odd.re, odd.im - even.im});
        }
        store(low, add(even, odd));
        w += 3;
    }
}

void mote_rfft_s32(const mote_rfft_s32_t *fft, int32_t *buffer, uint32_t n_bins) {
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
    for (; m < size; m *= 4) {
        pass_4(buffer, size, m, fft->turn);
    }

    const complex_t first = {buffer[0] >> 1, buffer[1] >> 1};
    if (n_bins <= size / 2 + 1) {
        split(buffer, size, n_bins, fft->turn + 3, false);
    } else {
        split(buffer, size, size / 2 + 1, fft->turn + 3, true);
    }
    store(buffer, (complex_t){first.re + first.im, 0});
    store(buffer + 2 * size, (complex_t){first.re - first.im, 0});
}
