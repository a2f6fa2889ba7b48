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

enum { MOTE_STEP = 16, MOTE_BLOCK = 4 };

/* sums[f] += 16 elements of a row * 16 elements of each of four filters. */
#define MOTE_DOT_1X4_S8(x, w, sums)                                                                \
    __asm__("vldrb.8 q1, [%[weights]], #16\n\t"                                                    \
            "vmladava.s8 %[a], %q[row], q1\n\t"                                                    \
            "vldrb.8 q2, [%[weights]], #16\n\t"                                                    \
            "vmladava.s8 %[b], %q[row], q2\n\t"                                                    \
            "vldrb.8 q1, [%[weights]], #16\n\t"                                                    \
            "vmladava.s8 %[c], %q[row], q1\n\t"                                                    \
            "vldrb.8 q2, [%[weights]], #16\n\t"                                                    \
            "vmladava.s8 %[d], %q[row], q2"                                                        \
            : [weights] "+r"(w), [a] "+Te"((sums)[0]), [b] "+Te"((sums)[1]), [c] "+Te"((sums)[2]), \
              [d] "+Te"((sums)[3])                                                                 \
            : [row] "w"(x)                                                                         \
            : "q1", "q2", "memory")

/* The same for two rows. */
#define MOTE_DOT_2X4_S8(x, y, w, sums)                                                             \
    __asm__("vldrb.8 q1, [%[weights]], #16\n\t"                                                    \
            "vmladava.s8 %[a], %q[first], q1\n\t"                                                  \
            "vldrb.8 q2, [%[weights]], #16\n\t"                                                    \
            "vmladava.s8 %[e], %q[second], q1\n\t"                                                 \
            "vmladava.s8 %[b], %q[first], q2\n\t"                                                  \
            "vldrb.8 q1, [%[weights]], #16\n\t"                                                    \
            "vmladava.s8 %[f], %q[second], q2\n\t"                                                 \
            "vmladava.s8 %[c], %q[first], q1\n\t"                                                  \
            "vldrb.8 q2, [%[weights]], #16\n\t"                                                    \
            "vmladava.s8 %[g], %q[second], q1\n\t"                                                 \
            "vmladava.s8 %[d], %q[first], q2\n\t"                                                  \
            "vmladava.s8 %[h], %q[second], q2"                                                     \
            : [weights] "+r"(w), [a] "+Te"((sums)[0]), [b] "+Te"((sums)[1]), [c] "+Te"((sums)[2]), \
              [d] "+Te"((sums)[3]), [e] "+Te"((sums)[4]), [f] "+Te"((sums)[5]),                    \
              [g] "+Te"((sums)[6]), [h] "+Te"((sums)[7])                                           \
            : [first] "w"(x), [second] "w"(y)                                                      \
            : "q1", "q2", "memory")

/* Writes the outputs `filter` ... filter + 3 of a row, as many of them as there are. */
MOTE_INLINE void mote_matmul_store_s8(const mote_matmul_helium_s8_t *p, int32_t filter,
                                      int32x4_t sums, const int32_t *factors, int8_t *output) {
    const int32x4_t biased = vaddq_s32(sums, vldrwq_s32(factors));
    const int32x4_t scaled = mote_requantize_s32x4(biased, vldrwq_s32(factors + 4),
                                                   vldrwq_s32(factors + 8), p->output.general);
    const int32x4_t values = mote_clamp_s32x4(&p->output, scaled);
    if (p->filters - filter >= MOTE_BLOCK) {
        vstrbq_s32(output + filter, values);
    } else {
        vstrbq_p_s32(output + filter, values, vctp32q((uint32_t)(p->filters - filter)));
    }
}

/* All outputs of one row (count 1), or of two neighbouring ones (2). */
MOTE_INLINE void mote_matmul_rows_s8(const mote_matmul_helium_s8_t *p, int32_t count,
                                     const int8_t *input, const int32_t *filters, int8_t *output) {
    const int32_t steps = (p->depth + (p->readable ? MOTE_STEP - 1 : 0)) / MOTE_STEP;
    const int32_t rest = p->readable ? 0 : p->depth % MOTE_STEP;
    for (int32_t filter = 0; filter < p->filters; filter += MOTE_BLOCK) {
        const int8_t *first = input;
        const int8_t *second = input + p->row_step;
        int32_t sums[8] = {0};
#pragma GCC unroll 8
        for (int32_t step = 0; step < steps; ++step) {
            if (count == 2) {
                MOTE_DOT_2X4_S8(vldrbq_s8(first), vldrbq_s8(second), filters, sums);
            } else {
                MOTE_DOT_1X4_S8(vldrbq_s8(first), filters, sums);
            }
            first += MOTE_STEP;
            second += MOTE_STEP;
        }
        if (rest > 0) {
            const mve_pred16_t inside = vctp8q((uint32_t)rest);
            if (count == 2) {
                MOTE_DOT_2X4_S8(vldrbq_z_s8(first, inside), vldrbq_z_s8(second, inside), filters,
                                sums);
            } else {
                MOTE_DOT_1X4_S8(vldrbq_z_s8(first, inside), filters, sums);
            }
        }
        mote_matmul_store_s8(p, filter, mote_join_s32x4(sums[0], sums[1], sums[2], sums[3]),
                             filters, output);
        if (count == 2) {
            mote_matmul_store_s8(p, filter, mote_join_s32x4(sums[4], sums[5], sums[6], sums[7]),
                                 filters, output + p->output_step);
        }
        filters += 3 * MOTE_BLOCK;
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
        mote_matmul_rows_s8(p, 2, input, filters, output);
        input += 2 * p->row_step;
        output += 2 * p->output_step;
    }
    if (row < p->rows) {
        mote_matmul_rows_s8(p, 1, input, filters, output);
    }
}

#endif
