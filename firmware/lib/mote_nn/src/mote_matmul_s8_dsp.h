/*
 * Matrix products with the DSP extension: part of mote_matmul_s8.h.
 *
 * Columns of one row: for each four elements the int16 pairs (0, 2) and (1, 3). Of a block: the
 * pairs (0, 2) of its three rows, then their pairs (1, 3).
 *
 * The inner loops are assembly because they hold 14 values in 14 registers. Four (or four pairs
 * of) steps make a turn, which is entered in its middle where their number is no multiple of 4.
 */
#ifndef MOTE_MATMUL_S8_DSP_H
#define MOTE_MATMUL_S8_DSP_H

#define MOTE_MATMUL_BLOCK 3

/* Adds four products to each of two channels; `filters` holds four weights of each. */
MOTE_INLINE mote_matmul_pair_t mote_matmul_four_s8(mote_matmul_pair_t sum, int32_t word,
                                                   const int32_t *filters) {
    const int32_t even = mote_sxtb16(word);
    const int32_t odd = mote_sxtb16_odd(word);
    sum.a = mote_smlad(mote_sxtb16(filters[0]), even, sum.a);
    sum.b = mote_smlad(mote_sxtb16(filters[1]), even, sum.b);
    sum.a = mote_smlad(mote_sxtb16_odd(filters[0]), odd, sum.a);
    sum.b = mote_smlad(mote_sxtb16_odd(filters[1]), odd, sum.b);
    return sum;
}

/*
 * Four elements of two channels and three rows: 24 products, added to a1, a2, b1 and b2, or in the
 * first step to a0 and b0 in their place, where the biases are.
 */
#define MOTE_BLOCK_STEP(a1, a2, b1, b2)                                                            \
    "ldrd %[wa], %[wb], [%[w]], #8\n\t"                                                            \
    "ldmia %[x]!, {r4, r5, r6}\n\t"                                                                \
    "sxtb16 %[t], %[wa]\n\t"                                                                       \
    "smlad %[a1], %[t], r5, %[" a1 "]\n\t"                                                         \
    "smlad %[a2], %[t], r6, %[" a2 "]\n\t"                                                         \
    "smlad %[a0], %[t], r4, %[a0]\n\t"                                                             \
    "sxtb16 %[t], %[wb]\n\t"                                                                       \
    "smlad %[b1], %[t], r5, %[" b1 "]\n\t"                                                         \
    "smlad %[b2], %[t], r6, %[" b2 "]\n\t"                                                         \
    "smlad %[b0], %[t], r4, %[b0]\n\t"                                                             \
    "ldmia %[x]!, {r4, r5, r6}\n\t"                                                                \
    "sxtb16 %[wa], %[wa], ror #8\n\t"                                                              \
    "smlad %[a0], %[wa], r4, %[a0]\n\t"                                                            \
    "smlad %[a1], %[wa], r5, %[a1]\n\t"                                                            \
    "smlad %[a2], %[wa], r6, %[a2]\n\t"                                                            \
    "sxtb16 %[wb], %[wb], ror #8\n\t"                                                              \
    "smlad %[b0], %[wb], r4, %[b0]\n\t"                                                            \
    "smlad %[b1], %[wb], r5, %[b1]\n\t"                                                            \
    "smlad %[b2], %[wb], r6, %[b2]\n\t"
#define MOTE_BLOCK_FIRST_STEP MOTE_BLOCK_STEP("a0", "a0", "b0", "b0")
#define MOTE_BLOCK_NEXT_STEP MOTE_BLOCK_STEP("a1", "a2", "b1", "b2")

MOTE_INLINE void mote_matmul_block_form_s8(const mote_matmul_s8_t *m, const int32_t *columns,
                                           const int32_t *filters, int8_t *output,
                                           mote_stage_form_t form) {
    const mote_stage_s8_t stage = m->output;
    const int32_t words = mote_matmul_words(m->depth);
    const int32_t *const end = columns + 6 * words;
    const int32_t next = (words - 1) & 3;
    const int32_t step = m->step;
    const int8_t *const last = output + m->channels;
    while (true) {
        const int32_t *x = columns;
        int32_t a0, a1, a2, b0, b1, b2, wa, wb, t;
        register int32_t scale_a __asm__("r4");
        register int32_t scale_b __asm__("r5");
        register int32_t shifts __asm__("r6");
        __asm__ volatile(
            "ldrd %[a0], %[b0], [%[w]], #8\n\t" MOTE_BLOCK_FIRST_STEP "ldr %[t], %[next]\n\t"
            "tbb [pc, %[t]]\n"
            "0:\n\t"
            ".byte (5f - 0b) / 2, (4f - 0b) / 2, (3f - 0b) / 2, (2f - 0b) / 2\n"
            "1:\n\t" MOTE_BLOCK_NEXT_STEP "2:\n\t" MOTE_BLOCK_NEXT_STEP
            "3:\n\t" MOTE_BLOCK_NEXT_STEP "4:\n\t" MOTE_BLOCK_NEXT_STEP "5:\n\t"
            "ldr %[t], %[end]\n\t"
            "cmp %[x], %[t]\n\t"
            "bne 1b\n\t"
            "ldmia %[w]!, {r4, r5, r6}\n\t"
            : [a0] "=&r"(a0), [a1] "=&r"(a1), [a2] "=&r"(a2), [b0] "=&r"(b0), [b1] "=&r"(b1),
              [b2] "=&r"(b2), [w] "+r"(filters), [x] "+l"(x), [wa] "=&r"(wa), [wb] "=&r"(wb),
              [t] "=&r"(t), "=&r"(scale_a), "=&r"(scale_b), "=&r"(shifts)
            : [next] "m"(next), [end] "m"(end)
            : "cc", "memory");
        __asm__("" : "+rm"(output)); /* here and below: or GCC counts three pointers along */
        const int32_t shift_a = mote_matmul_shift(form, shifts, 0);
        output[0] = mote_stage_s8(&stage, form, a0, scale_a, shift_a);
        output[step] = mote_stage_s8(&stage, form, a1, scale_a, shift_a);
        output[2 * step] = mote_stage_s8(&stage, form, a2, scale_a, shift_a);
        if (++output == last) {
            break;
        }
        __asm__("" : "+r"(output));
        const int32_t shift_b = mote_matmul_shift(form, shifts, 1);
        output[0] = mote_stage_s8(&stage, form, b0, scale_b, shift_b);
        output[step] = mote_stage_s8(&stage, form, b1, scale_b, shift_b);
        output[2 * step] = mote_stage_s8(&stage, form, b2, scale_b, shift_b);
        if (++output == last) {
            break;
        }
    }
}

/* Four elements of two channels and one row: 8 products. */
#define MOTE_ROW_HALF_STEP                                                                         \
    "ldrd r0, r1, [%[w]], #8\n\t"                                                                  \
    "ldrd r4, r5, [%[x]], #8\n\t"                                                                  \
    "sxtb16 %[t], r0\n\t"                                                                          \
    "smlad %[a], %[t], r4, %[a]\n\t"                                                               \
    "sxtb16 %[t], r1\n\t"                                                                          \
    "smlad %[b], %[t], r4, %[b]\n\t"                                                               \
    "sxtb16 r0, r0, ror #8\n\t"                                                                    \
    "smlad %[a], r0, r5, %[a]\n\t"                                                                 \
    "sxtb16 r1, r1, ror #8\n\t"                                                                    \
    "smlad %[b], r1, r5, %[b]\n\t"

/* Eight elements of two channels and one row: 16 products. */
#define MOTE_ROW_STEP                                                                              \
    "ldmia %[w]!, {r0, r1, r2, r3}\n\t"                                                            \
    "ldmia %[x]!, {r4, r5, r6, r8}\n\t"                                                            \
    "sxtb16 %[t], r0\n\t"                                                                          \
    "smlad %[a], %[t], r4, %[a]\n\t"                                                               \
    "sxtb16 %[t], r1\n\t"                                                                          \
    "smlad %[b], %[t], r4, %[b]\n\t"                                                               \
    "sxtb16 r0, r0, ror #8\n\t"                                                                    \
    "smlad %[a], r0, r5, %[a]\n\t"                                                                 \
    "sxtb16 r1, r1, ror #8\n\t"                                                                    \
    "smlad %[b], r1, r5, %[b]\n\t"                                                                 \
    "sxtb16 %[t], r2\n\t"                                                                          \
    "smlad %[a], %[t], r6, %[a]\n\t"                                                               \
    "sxtb16 %[t], r3\n\t"                                                                          \
    "smlad %[b], %[t], r6, %[b]\n\t"                                                               \
    "sxtb16 r2, r2, ror #8\n\t"                                                                    \
    "smlad %[a], r2, r8, %[a]\n\t"                                                                 \
    "sxtb16 r3, r3, ror #8\n\t"                                                                    \
    "smlad %[b], r3, r8, %[b]\n\t"

MOTE_INLINE void mote_matmul_row_form_s8(const mote_matmul_s8_t *m, const int32_t *columns,
                                         const int32_t *filters, int8_t *output,
                                         mote_stage_form_t form) {
    const mote_stage_s8_t stage = m->output;
    const int32_t words = mote_matmul_words(m->depth);
    const int32_t *const end = columns + 2 * words;
    const int32_t turn = words / 2 % 4;
    const int32_t first = words % 2 ? 4 : turn;
    for (int32_t left = m->channels; left > 0; left -= 2) {
        const int32_t *x = columns;
        int32_t a, b, t;
        register int32_t scale_a __asm__("r0");
        register int32_t scale_b __asm__("r1");
        register int32_t shifts __asm__("r2");
        __asm__ volatile(
            "ldrd %[a], %[b], [%[w]], #8\n\t"
            "ldr %[t], %[first]\n\t"
            "tbb [pc, %[t]]\n"
            "0:\n\t"
            ".byte (5f - 0b) / 2, (4f - 0b) / 2, (3f - 0b) / 2, (2f - 0b) / 2, (6f - 0b) / 2, 0\n"
            "6:\n\t" MOTE_ROW_HALF_STEP "ldr %[t], %[turn]\n\t"
            "tbb [pc, %[t]]\n"
            "7:\n\t"
            ".byte (5f - 7b) / 2, (4f - 7b) / 2, (3f - 7b) / 2, (2f - 7b) / 2\n"
            "1:\n\t" MOTE_ROW_STEP "2:\n\t" MOTE_ROW_STEP "3:\n\t" MOTE_ROW_STEP
            "4:\n\t" MOTE_ROW_STEP "5:\n\t"
            "ldr %[t], %[end]\n\t"
            "cmp %[x], %[t]\n\t"
            "bne 1b\n\t"
            "ldmia %[w]!, {r0, r1, r2}\n\t"
            : [a] "=&r"(a), [b] "=&r"(b), [w] "+r"(filters), [x] "+r"(x), [t] "=&r"(t),
              "=&r"(scale_a), "=&r"(scale_b), "=&r"(shifts)
            : [first] "m"(first), [turn] "m"(turn), [end] "m"(end)
            : "r3", "r4", "r5", "r6", "r8", "cc", "memory");
        output[0] = mote_stage_s8(&stage, form, a, scale_a, mote_matmul_shift(form, shifts, 0));
        if (left == 1) {
            break;
        }
        output[1] = mote_stage_s8(&stage, form, b, scale_b, mote_matmul_shift(form, shifts, 1));
        output += 2;
    }
}

/* Four elements of four channels and one row: 16 products. */
#define MOTE_QUAD_STEP                                                                             \
    "ldmia %[w]!, {r0, r1, r2, r3}\n\t"                                                            \
    "ldrd r4, r5, [%[x]], #8\n\t"                                                                  \
    "sxtb16 %[t], r0\n\t"                                                                          \
    "smlad %[a], %[t], r4, %[a]\n\t"                                                               \
    "sxtb16 %[t], r1\n\t"                                                                          \
    "smlad %[b], %[t], r4, %[b]\n\t"                                                               \
    "sxtb16 %[t], r2\n\t"                                                                          \
    "smlad %[c], %[t], r4, %[c]\n\t"                                                               \
    "sxtb16 %[t], r3\n\t"                                                                          \
    "smlad %[d], %[t], r4, %[d]\n\t"                                                               \
    "sxtb16 r0, r0, ror #8\n\t"                                                                    \
    "smlad %[a], r0, r5, %[a]\n\t"                                                                 \
    "sxtb16 r1, r1, ror #8\n\t"                                                                    \
    "smlad %[b], r1, r5, %[b]\n\t"                                                                 \
    "sxtb16 r2, r2, ror #8\n\t"                                                                    \
    "smlad %[c], r2, r5, %[c]\n\t"                                                                 \
    "sxtb16 r3, r3, ror #8\n\t"                                                                    \
    "smlad %[d], r3, r5, %[d]\n\t"

/* The channels are a multiple of 4. */
MOTE_INLINE void mote_matmul_quads_form_s8(const mote_matmul_s8_t *m, const int32_t *columns,
                                           const int32_t *filters, int8_t *output,
                                           mote_stage_form_t form) {
    const mote_stage_s8_t stage = m->output;
    const int32_t words = mote_matmul_words(m->depth);
    const int32_t *const end = columns + 2 * words;
    const int32_t first = words % 4;
    for (const int8_t *const last = output + m->channels; output != last; output += 4) {
        const int32_t *x = columns;
        int32_t a, b, c, d, t;
        register int32_t scale_a __asm__("r0");
        register int32_t scale_b __asm__("r1");
        register int32_t scale_c __asm__("r2");
        register int32_t scale_d __asm__("r3");
        register int32_t shifts __asm__("r4");
        __asm__ volatile("ldmia %[w]!, {r0, r1, r2, r3}\n\t"
                         "ldr %[t], %[first]\n\t"
                         "mov %[a], r0\n\t"
                         "mov %[b], r1\n\t"
                         "mov %[c], r2\n\t"
                         "mov %[d], r3\n\t"
                         "tbb [pc, %[t]]\n"
                         "0:\n\t"
                         ".byte (1f - 0b) / 2, (4f - 0b) / 2, (3f - 0b) / 2, (2f - 0b) / 2\n"
                         "1:\n\t" MOTE_QUAD_STEP "2:\n\t" MOTE_QUAD_STEP "3:\n\t" MOTE_QUAD_STEP
                         "4:\n\t" MOTE_QUAD_STEP "cmp %[x], %[end]\n\t"
                         "bne 1b\n\t"
                         "ldmia %[w]!, {r0, r1, r2, r3, r4}\n\t"
                         : [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d),
                           [w] "+r"(filters), [x] "+r"(x), [t] "=&r"(t), "=&r"(scale_a),
                           "=&r"(scale_b), "=&r"(scale_c), "=&r"(scale_d), "=&r"(shifts)
                         : [first] "m"(first), [end] "r"(end)
                         : "r5", "cc", "memory");
        output[0] = mote_stage_s8(&stage, form, a, scale_a, mote_matmul_shift(form, shifts, 0));
        output[1] = mote_stage_s8(&stage, form, b, scale_b, mote_matmul_shift(form, shifts, 1));
        output[2] = mote_stage_s8(&stage, form, c, scale_c, mote_matmul_shift(form, shifts, 2));
        output[3] = mote_stage_s8(&stage, form, d, scale_d, mote_matmul_shift(form, shifts, 3));
    }
}

/* Widens 4 * words elements into the columns of one row; returns where the next ones go. */
MOTE_SHARED int32_t *mote_matmul_widen_row_s8(int32_t *columns, const int8_t *from, int32_t words) {
    for (const int8_t *const end = from + 4 * words; from != end; from += 4) {
        const int32_t word = mote_load_s8x4(from);
        *columns++ = mote_sxtb16(word);
        *columns++ = mote_sxtb16_odd(word);
    }
    return columns;
}

/* The same for a block of rows; words is at least 1. */
MOTE_SHARED int32_t *mote_matmul_widen_block_s8(int32_t *columns,
                                                const int8_t *const from[MOTE_MATMUL_BLOCK],
                                                int32_t words) {
    const int8_t *x0 = from[0], *x1 = from[1], *x2 = from[2];
    const int8_t *const end = x0 + 4 * words;
    __asm__ volatile("1:\n\t"
                     "ldr r3, [%[x0]], #4\n\t"
                     "ldr r4, [%[x1]], #4\n\t"
                     "ldr r5, [%[x2]], #4\n\t"
                     "sxtb16 r6, r3, ror #8\n\t"
                     "sxtb16 r3, r3\n\t"
                     "sxtb16 r8, r4, ror #8\n\t"
                     "sxtb16 r4, r4\n\t"
                     "sxtb16 r9, r5, ror #8\n\t"
                     "sxtb16 r5, r5\n\t"
                     "stmia %[columns]!, {r3, r4, r5, r6, r8, r9}\n\t"
                     "cmp %[x0], %[end]\n\t"
                     "bne 1b\n\t"
                     : [columns] "+r"(columns), [x0] "+r"(x0), [x1] "+r"(x1), [x2] "+r"(x2)
                     : [end] "r"(end)
                     : "r3", "r4", "r5", "r6", "r8", "r9", "cc", "memory");
    return columns;
}

/* One row to columns. */
MOTE_INLINE void mote_matmul_load_row_s8(int32_t *columns, const int8_t *from, int32_t depth) {
    columns = mote_matmul_widen_row_s8(columns, from, depth / 4);
    if (depth % 4) {
        const int32_t word = mote_load_tail_s8(from + depth / 4 * 4, depth % 4);
        columns[0] = mote_sxtb16(word);
        columns[1] = mote_sxtb16_odd(word);
    }
}

/* Rows `stride` bytes apart to a block of columns. */
MOTE_INLINE void mote_matmul_load_block_s8(int32_t *columns, const int8_t *from, int32_t stride,
                                           int32_t depth) {
    if (depth >= 4) {
        const int8_t *const rows[] = {from, from + stride, from + 2 * stride};
        columns = mote_matmul_widen_block_s8(columns, rows, depth / 4);
    }
    if (depth % 4) {
        from += depth / 4 * 4;
        const int32_t tails[] = {
            mote_load_tail_s8(from, depth % 4),
            mote_load_tail_s8(from + stride, depth % 4),
            mote_load_tail_s8(from + 2 * stride, depth % 4),
        };
        const int8_t *const rows[] = {(const int8_t *)tails, (const int8_t *)(tails + 1),
                                      (const int8_t *)(tails + 2)};
        mote_matmul_widen_block_s8(columns, rows, 1);
    }
}

#endif
