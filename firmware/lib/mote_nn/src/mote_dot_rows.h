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
    int32_t low;
    int32_t high;
    memcpy(&low, from, sizeof low);
    memcpy(&high, from + 2, sizeof high);
    mote_pairs_t pairs;
    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(pairs.even) : "r"(low), "r"(high));
    __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(pairs.odd) : "r"(high), "r"(low));
    return pairs;
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
    int32_t rest = count;
#if MOTE_DSP
    for (int32_t fours = count / 4; fours > 0; --fours) {
        sum = mote_multiply_pairs_rows(sum, mote_pairs_s8(input), weights, row);
        input += 4;
        weights += 4;
    }
    rest = count % 4;
#endif
    for (; rest > 0; --rest) {
        sum = mote_multiply_rows(sum, *input++, weights++, row);
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

/* The same for int16 elements; all sums must fit int32. */
MOTE_INLINE mote_rows_s32_t mote_dot_rows_s16(mote_rows_s32_t sum, const int16_t *input,
                                              const int8_t *weights, int32_t row, int32_t count) {
    int32_t rest = count;
#if MOTE_DSP
    for (int32_t fours = count / 4; fours > 0; --fours) {
        sum = mote_multiply_pairs_rows(sum, mote_pairs_s16(input), weights, row);
        input += 4;
        weights += 4;
    }
    rest = count % 4;
#endif
    for (; rest > 0; --rest) {
        sum = mote_multiply_rows(sum, *input++, weights++, row);
    }
    return sum;
}

MOTE_INLINE int32_t mote_dot_row_s16(int32_t sum, const int16_t *input, const int8_t *weights,
                                     int32_t count) {
    for (int32_t i = 0; i < count; ++i) {
        sum += input[i] * weights[i];
    }
    return sum;
}

/* With 64-bit sums: runs of products are summed in 32 bits. */
MOTE_INLINE mote_rows_s64_t mote_dot_rows_wide_s16(mote_rows_s64_t sum, const int16_t *input,
                                                   const int8_t *weights, int32_t row,
                                                   int32_t count) {
    for (int32_t start = 0; start < count; start += MOTE_DOT_RUN) {
        const int32_t n = count - start < MOTE_DOT_RUN ? count - start : MOTE_DOT_RUN;
        const mote_rows_s32_t run = mote_dot_rows_s16((mote_rows_s32_t){0, 0, 0, 0}, input + start,
                                                      weights + start, row, n);
        sum.a += run.a;
        sum.b += run.b;
        sum.c += run.c;
        sum.d += run.d;
    }
    return sum;
}

MOTE_INLINE int64_t mote_dot_row_wide_s16(int64_t sum, const int16_t *input, const int8_t *weights,
                                          int32_t count) {
    for (int32_t start = 0; start < count; start += MOTE_DOT_RUN) {
        const int32_t n = count - start < MOTE_DOT_RUN ? count - start : MOTE_DOT_RUN;
        sum += mote_dot_row_s16(0, input + start, weights + start, n);
    }
    return sum;
}

MOTE_INLINE mote_rows_s64_t mote_widen_rows(mote_rows_s32_t sum) {
    return (mote_rows_s64_t){sum.a, sum.b, sum.c, sum.d};
}

#endif
