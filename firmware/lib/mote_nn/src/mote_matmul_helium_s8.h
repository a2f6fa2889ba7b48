/*
 * Rows of int8 times a matrix of filters, for Helium: convolutions and fully connected layers.
 *
 * Two rows and four filters are multiplied at a time: eight scalar accumulators, each the sum of
 * 16 products per VMLADAVA.
 */
#ifndef MOTE_MATMUL_HELIUM_S8_H
#define MOTE_MATMUL_HELIUM_S8_H

#include <stdbool.h>

#include "mote_requantize_helium.h"

typedef struct {
    int32_t rows;
    int32_t depth;       /* elements of a row */
    int32_t row_step;    /* bytes from a row to the next */
    bool readable;       /* rows may be read up to the next multiple of 16 elements */
    int32_t filters;     /* outputs of a row */
    int32_t output_step; /* bytes from a row's outputs to the next row's */
    mote_output_helium_t output;
} mote_matmul_helium_s8_t;

enum { MOTE_HELIUM_STEP = 16, MOTE_HELIUM_BLOCK = 4 };

/* Words of a stream of filters. */
MOTE_INLINE int32_t mote_matmul_helium_words(const mote_matmul_helium_s8_t *p) {
    const int32_t steps = (p->depth + MOTE_HELIUM_STEP - 1) / MOTE_HELIUM_STEP;
    const int32_t blocks = (p->filters + MOTE_HELIUM_BLOCK - 1) / MOTE_HELIUM_BLOCK;
    return blocks * MOTE_HELIUM_BLOCK * (steps * MOTE_HELIUM_STEP / 4 + 3);
}

/* Sums of products with four filters: a to d of a row, e to h of the next one. */
typedef struct {
    int32_t a, b, c, d;
    int32_t e, f, g, h;
} mote_sums_2x4_t;

/* Biases, multipliers and shifts of four filters. */
typedef struct {
    int32x4_t biases;
    int32x4_t multipliers;
    int32x4_t shifts;
} mote_factors_x4_t;

/*
 * Products of 16 elements of a row, or of two, and of four filters. `dot` is "vmladav.s8", which
 * begins the sums (constraint "=&Te"), or "vmladava.s8", which adds to them ("+Te").
 *
 * In assembly because the sums take all even registers, of which compilers spill some.
 */
#define MOTE_HELIUM_DOT_1X4_S8(dot, constraint, x, w, s)                                           \
    __asm__ volatile("vldrb.8 q2, [%[weights]], #16\n\t" dot " %[a], %q[row], q2\n\t"              \
                     "vldrb.8 q3, [%[weights]], #16\n\t" dot " %[b], %q[row], q3\n\t"              \
                     "vldrb.8 q2, [%[weights]], #16\n\t" dot " %[c], %q[row], q2\n\t"              \
                     "vldrb.8 q3, [%[weights]], #16\n\t" dot " %[d], %q[row], q3"                  \
                     : [weights] "+r"(w), [a] constraint((s).a), [b] constraint((s).b),            \
                       [c] constraint((s).c), [d] constraint((s).d)                                \
                     : [row] "w"(x)                                                                \
                     : "q2", "q3", "memory")

#define MOTE_HELIUM_DOT_2X4_S8(dot, constraint, x, y, w, s)                                        \
    __asm__ volatile("vldrb.8 q2, [%[weights]], #16\n\t" dot " %[a], %q[row], q2\n\t"              \
                     "vldrb.8 q3, [%[weights]], #16\n\t" dot " %[e], %q[next], q2\n\t" dot         \
                     " %[b], %q[row], q3\n\t"                                                      \
                     "vldrb.8 q2, [%[weights]], #16\n\t" dot " %[f], %q[next], q3\n\t" dot         \
                     " %[c], %q[row], q2\n\t"                                                      \
                     "vldrb.8 q3, [%[weights]], #16\n\t" dot " %[g], %q[next], q2\n\t" dot         \
                     " %[d], %q[row], q3\n\t" dot " %[h], %q[next], q3"                            \
                     : [weights] "+r"(w), [a] constraint((s).a), [b] constraint((s).b),            \
                       [c] constraint((s).c), [d] constraint((s).d), [e] constraint((s).e),        \
                       [f] constraint((s).f), [g] constraint((s).g), [h] constraint((s).h)         \
                     : [row] "w"(x), [next] "w"(y)                                                 \
                     : "q2", "q3", "memory")

/* The next 16 elements; in assembly so that the pointer moves along instead of being spilled. */
MOTE_INLINE int8x16_t mote_load_next_s8x16(const int8_t **from) {
    int8x16_t values;
    __asm__ volatile("vldrb.8 %q0, [%1], #16" : "=w"(values), "+r"(*from) : : "memory");
    return values;
}

/* Writes the outputs `filter` ... filter + 3 of a row, as many of them as there are. */
MOTE_INLINE void mote_matmul_helium_store_s8(const mote_matmul_helium_s8_t *p, int32_t filter,
                                             int32x4_t sums, const mote_factors_x4_t *factors,
                                             int8_t *output) {
    const int32x4_t biased = vaddq_s32(sums, factors->biases);
    const int32x4_t scaled =
        mote_requantize_s32x4(&p->output, biased, factors->multipliers, factors->shifts);
    const int32x4_t values = mote_clamp_s32x4(&p->output, scaled);
    if (p->filters % MOTE_HELIUM_BLOCK == 0 || p->filters - filter >= MOTE_HELIUM_BLOCK) {
        vstrbq_s32(output, values);
    } else {
        vstrbq_p_s32(output, values, vctp32q((uint32_t)(p->filters - filter)));
    }
}

/* All outputs of one row (count 1), or of two neighbouring ones (2). */
MOTE_INLINE void mote_matmul_helium_rows_s8(const mote_matmul_helium_s8_t *p, int32_t count,
                                            const int8_t *input, const int32_t *filters,
                                            int8_t *output) {
    const int32_t steps = (p->depth + (p->readable ? MOTE_HELIUM_STEP - 1 : 0)) / MOTE_HELIUM_STEP;
    const int32_t rest = p->readable ? 0 : p->depth % MOTE_HELIUM_STEP;
    for (int32_t filter = 0; filter < p->filters; filter += MOTE_HELIUM_BLOCK) {
        const int8_t *row = input;
        const int8_t *next = input + p->row_step;
        mote_sums_2x4_t sums;
        if (steps > 0) {
            const int8x16_t x = mote_load_next_s8x16(&row);
            if (count == 2) {
                const int8x16_t y = mote_load_next_s8x16(&next);
                MOTE_HELIUM_DOT_2X4_S8("vmladav.s8", "=&Te", x, y, filters, sums);
            } else {
                MOTE_HELIUM_DOT_1X4_S8("vmladav.s8", "=&Te", x, filters, sums);
            }
        }
#pragma GCC unroll 8
        for (int32_t step = 1; step < steps; ++step) {
            const int8x16_t x = mote_load_next_s8x16(&row);
            if (count == 2) {
                const int8x16_t y = mote_load_next_s8x16(&next);
                MOTE_HELIUM_DOT_2X4_S8("vmladava.s8", "+Te", x, y, filters, sums);
            } else {
                MOTE_HELIUM_DOT_1X4_S8("vmladava.s8", "+Te", x, filters, sums);
            }
        }
        if (rest > 0) {
            const mve_pred16_t inside = vctp8q((uint32_t)rest);
            const int8x16_t x = vldrbq_z_s8(row, inside);
            const int8x16_t y = count == 2 ? vldrbq_z_s8(next, inside) : x;
            if (count == 2 && steps > 0) {
                MOTE_HELIUM_DOT_2X4_S8("vmladava.s8", "+Te", x, y, filters, sums);
            } else if (count == 2) {
                MOTE_HELIUM_DOT_2X4_S8("vmladav.s8", "=&Te", x, y, filters, sums);
            } else if (steps > 0) {
                MOTE_HELIUM_DOT_1X4_S8("vmladava.s8", "+Te", x, filters, sums);
            } else {
                MOTE_HELIUM_DOT_1X4_S8("vmladav.s8", "=&Te", x, filters, sums);
            }
        }
        const mote_factors_x4_t factors = {vldrwq_s32(filters), vldrwq_s32(filters + 4),
                                           vldrwq_s32(filters + 8)};
        mote_matmul_helium_store_s8(p, filter, mote_join_s32x4(sums.a, sums.b, sums.c, sums.d),
                                    &factors, output);
        if (count == 2) {
            mote_matmul_helium_store_s8(p, filter, mote_join_s32x4(sums.e, sums.f, sums.g, sums.h),
                                        &factors, output + p->output_step);
        }
        filters += 3 * MOTE_HELIUM_BLOCK;
        output += MOTE_HELIUM_BLOCK;
        __asm__("" : "+r"(filter)); /* a loop of known length would claim lr, an even register */
    }
}

/*
 * input    `rows` rows
 * filters  for each four filters (the last filled up with zeros): for each 16 elements (the last
 *          filled up with zeros) 16 int8 weights of each filter; then 4 biases, 4 multipliers,
 *          4 shifts
 * output   `filters` outputs per row
 *
 * Rows are read and written in pairs, four outputs of each at a time, in increasing order.
 */
MOTE_INLINE void mote_matmul_helium_s8(const mote_matmul_helium_s8_t *p, const int8_t *input,
                                       const int32_t *filters, int8_t *output) {
    int32_t row = 0;
    for (; row + 2 <= p->rows; row += 2) {
        mote_matmul_helium_rows_s8(p, 2, input, filters, output);
        input += 2 * p->row_step;
        output += 2 * p->output_step;
    }
    if (row < p->rows) {
        mote_matmul_helium_rows_s8(p, 1, input, filters, output);
    }
}

#endif
