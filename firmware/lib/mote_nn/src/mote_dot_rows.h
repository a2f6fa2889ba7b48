/*
 * Dot products of one int16 or int8 vector with rows of int8 weights: the inner loops of
 * int16x8 layers and of recurrent ones.
 *
 * Any alignment. Where the target has 16-bit dual multiplications, four products take two.
 */
#ifndef MOTE_DOT_ROWS_H
#define MOTE_DOT_ROWS_H

#include <stdint.h>

#include "mote_arch.h"

/* So many products of int16 and int8 fit int32 whatever their values; a multiple of 4. */
#define MOTE_DOT_RUN 508

/* Of four neighbouring rows. */
typedef struct {
    int32_t a;
    int32_t b;
    int32_t c;
    int32_t d;
} mote_rows_s32_t;

typedef struct {
    int64_t a;
    int64_t b;
    int64_t c;
    int64_t d;
} mote_rows_s64_t;

#if MOTE_DSP

/* Four int16, as pairs for dual multiplications. */
typedef struct {
    int32_t even; /* elements 0 and 2 */
    int32_t odd;  /* elements 1 and 3 */
} mote_pairs_t;

MOTE_INLINE mote_pairs_t mote_pairs_s8(const int8_t *from) {
    const int32_t word = mote_load_s8x4(from);
    return (mote_pairs_t){mote_sxtb16(word), mote_sxtb16_odd(word)};
}

MOTE_INLINE mote_pairs_t mote_pairs_s16(const int16_t *from) {
    uint32_t low;
    uint32_t high;
    memcpy(&low, from, sizeof low);
    memcpy(&high, from + 2, sizeof high);
    const uint32_t even = (low & 0xffffu) | (high << 16);
    const uint32_t odd = (low >> 16) | (high & 0xffff0000u);
    return (mote_pairs_t){(int32_t)even, (int32_t)odd};
}

MOTE_INLINE int32_t mote_multiply_pairs(int32_t sum, mote_pairs_t values, const int8_t *weights) {
    const mote_pairs_t factors = mote_pairs_s8(weights);
    return mote_smlad(values.odd, factors.odd, mote_smlad(values.even, factors.even, sum));
}

MOTE_INLINE mote_rows_s32_t mote_multiply_pairs_rows(mote_rows_s32_t sum, mote_pairs_t values,
                                                     const int8_t *weights, int32_t row) {
    sum.a = mote_multiply_pairs(sum.a, values, weights);
    sum.b = mote_multiply_pairs(sum.b, values, weights + row);
    sum.c = mote_multiply_pairs(sum.c, values, weights + 2 * row);
    sum.d = mote_multiply_pairs(sum.d, values, weights + 3 * row);
    return sum;
}

#endif

/* The int64 that is kept as two words, the low one first. */
MOTE_INLINE int64_t mote_load_s64(const int32_t *words) {
    return (int64_t)((uint32_t)words[0] | (uint64_t)(uint32_t)words[1] << 32);
}

MOTE_INLINE mote_rows_s32_t mote_multiply_rows(mote_rows_s32_t sum, int32_t value,
                                               const int8_t *weights, int32_t row) {
    sum.a += value * weights[0];
    sum.b += value * weights[row];
    sum.c += value * weights[2 * row];
    sum.d += value * weights[3 * row];
    return sum;
}

/* sum + the dot product of `count` elements with each of four rows of weights, `row` apart. */
MOTE_INLINE mote_rows_s32_t mote_dot_rows_s8(mote_rows_s32_t sum, const int8_t *input,
                                             const int8_t *weights, int32_t row, int32_t count) {
    int32_t i = 0;
#if MOTE_DSP
    for (; i + 4 <= count; i += 4) {
        sum = mote_multiply_pairs_rows(sum, mote_pairs_s8(input + i), weights + i, row);
    }
#endif
    for (; i < count; ++i) {
        sum = mote_multiply_rows(sum, input[i], weights + i, row);
    }
    return sum;
}

MOTE_INLINE int32_t mote_dot_row_s8(int32_t sum, const int8_t *input, const int8_t *weights,
                                    int32_t count) {
    for (int32_t i = 0; i < count; ++i) {
        sum += input[i] * weights[i];
    }
    return sum;
}

/* The same for int16 elements: each run of products is summed in 32 bits, the runs in 64. */
MOTE_INLINE mote_rows_s64_t mote_dot_rows_s16(mote_rows_s64_t sum, const int16_t *input,
                                              const int8_t *weights, int32_t row, int32_t count) {
    while (count > 0) {
        const int32_t n = count < MOTE_DOT_RUN ? count : MOTE_DOT_RUN;
        mote_rows_s32_t run = {0, 0, 0, 0};
        int32_t i = 0;
#if MOTE_DSP
        for (; i + 4 <= n; i += 4) {
            run = mote_multiply_pairs_rows(run, mote_pairs_s16(input + i), weights + i, row);
        }
#endif
        for (; i < n; ++i) {
            run = mote_multiply_rows(run, input[i], weights + i, row);
        }
        sum.a += run.a;
        sum.b += run.b;
        sum.c += run.c;
        sum.d += run.d;
        input += n;
        weights += n;
        count -= n;
    }
    return sum;
}

MOTE_INLINE int64_t mote_dot_row_s16(int64_t sum, const int16_t *input, const int8_t *weights,
                                     int32_t count) {
    while (count > 0) {
        const int32_t n = count < MOTE_DOT_RUN ? count : MOTE_DOT_RUN;
        int32_t run = 0;
        for (int32_t i = 0; i < n; ++i) {
            run += input[i] * weights[i];
        }
        sum += run;
        input += n;
        weights += n;
        count -= n;
    }
    return sum;
}

#endif
