/*
 * Matrix products in plain C: part of mote_matmul_s8.h.
 *
 * Columns are the rows themselves, each padded to whole words.
 */
#ifndef MOTE_MATMUL_S8_PORTABLE_H
#define MOTE_MATMUL_S8_PORTABLE_H

#define MOTE_MATMUL_BLOCK 2

/* Armv6-M computes in eight registers: two rows at a time would not stay in them. */
#if defined(__thumb__) && !defined(__thumb2__)
#define MOTE_FEW_REGISTERS 1
#else
#define MOTE_FEW_REGISTERS 0
#endif

/* Adds four products to each of two channels; `filters` holds four weights of each. */
MOTE_INLINE mote_matmul_pair_t mote_matmul_columns_s8(mote_matmul_pair_t sum, const int8_t *values,
                                                      const int8_t *weights) {
    sum.a += values[0] * weights[0];
    sum.b += values[0] * weights[4];
    sum.a += values[1] * weights[1];
    sum.b += values[1] * weights[5];
    sum.a += values[2] * weights[2];
    sum.b += values[2] * weights[6];
    sum.a += values[3] * weights[3];
    sum.b += values[3] * weights[7];
    return sum;
}

/* The same with the four elements in a word. */
MOTE_INLINE mote_matmul_pair_t mote_matmul_four_s8(mote_matmul_pair_t sum, int32_t word,
                                                   const int32_t *filters) {
    int8_t values[4];
    memcpy(values, &word, sizeof values);
    return mote_matmul_columns_s8(sum, values, (const int8_t *)filters);
}

MOTE_INLINE void mote_matmul_row_form_s8(const mote_matmul_s8_t *m, const int32_t *columns,
                                         const int32_t *filters, int8_t *output,
                                         mote_stage_form_t form) {
    const mote_stage_s8_t stage = m->output;
    const int32_t words = mote_matmul_words(m->depth);
    for (int32_t left = m->channels; left > 0; left -= 2) {
        mote_matmul_pair_t sum = {filters[0], filters[1]};
        filters += 2;
        const int8_t *values = (const int8_t *)columns;
        for (const int32_t *const end = filters + 2 * words; filters != end; filters += 2) {
            sum = mote_matmul_columns_s8(sum, values, (const int8_t *)filters);
            values += 4;
        }
        mote_matmul_store_s8(&stage, form, sum, filters, left > 1, output);
        filters += 3;
        output += 2;
    }
}

MOTE_INLINE void mote_matmul_block_form_s8(const mote_matmul_s8_t *m, const int32_t *columns,
                                           const int32_t *filters, int8_t *output,
                                           mote_stage_form_t form) {
    const mote_stage_s8_t stage = m->output;
    const int32_t words = mote_matmul_words(m->depth);
    if (MOTE_FEW_REGISTERS) {
        mote_matmul_row_form_s8(m, columns, filters, output, form);
        mote_matmul_row_form_s8(m, columns + words, filters, output + m->step, form);
        return;
    }
    for (int32_t left = m->channels; left > 0; left -= 2) {
        mote_matmul_pair_t first = {filters[0], filters[1]};
        mote_matmul_pair_t second = first;
        filters += 2;
        const int8_t *values = (const int8_t *)columns;
        for (const int32_t *const end = filters + 2 * words; filters != end; filters += 2) {
            first = mote_matmul_columns_s8(first, values, (const int8_t *)filters);
            second = mote_matmul_columns_s8(second, values + 4 * words, (const int8_t *)filters);
            values += 4;
        }
        mote_matmul_store_s8(&stage, form, first, filters, left > 1, output);
        mote_matmul_store_s8(&stage, form, second, filters, left > 1, output + m->step);
        filters += 3;
        output += 2;
    }
}

/* One row to columns. */
MOTE_INLINE void mote_matmul_load_row_s8(int32_t *columns, const int8_t *from, int32_t depth) {
    columns[mote_matmul_words(depth) - 1] = 0;
    memcpy(columns, from, (size_t)depth);
}

/* Rows `stride` bytes apart to a block of columns. */
MOTE_INLINE void mote_matmul_load_block_s8(int32_t *columns, const int8_t *from, int32_t stride,
                                           int32_t depth) {
    mote_matmul_load_row_s8(columns, from, depth);
    mote_matmul_load_row_s8(columns + mote_matmul_words(depth), from + stride, depth);
}

#endif
