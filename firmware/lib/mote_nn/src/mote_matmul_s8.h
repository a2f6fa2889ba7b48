/*
 * Rows of int8 values times packed int8 weights: what convolutions and fully connected layers
 * become.
 *
 * Weights are a stream of words, for each pair of output channels (A, B):
 *
 *     bias A, bias B                 with the effect of the input's zero point
 *     four weights of A, of B        for each four of the depth; zeros beyond its end
 *     scale A, scale B               see mote_stage_s8_t
 *     ~shift A & 255 | (~shift B & 255) << 8
 *
 * The B of a last odd channel is never stored. Sums must fit int32. Where one row at a time meets
 * many weights, the stream has four channels (A, B, C, D) together in place of two.
 *
 * A row of input is first brought into "columns", a layout that suits the instructions: int8 as
 * it is without the DSP extension; with it, int16 pairs of the elements (0, 2) and (1, 3) of each
 * four. MOTE_MATMUL_BLOCK rows share one reading of the weights.
 */
#ifndef MOTE_MATMUL_S8_H
#define MOTE_MATMUL_S8_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "mote_requantize.h"

typedef struct {
    int32_t depth;    /* elements of a row of input */
    int32_t channels; /* elements of a row of output */
    int32_t step;     /* bytes from one row of output to the next */
    mote_stage_s8_t output;
} mote_matmul_s8_t;

/* Words of one channel's weights: elements in fours. */
MOTE_INLINE int32_t mote_matmul_words(int32_t depth) {
    return (int32_t)((uint32_t)(depth + 3) / 4);
}

/* Words of the packed stream. */
MOTE_INLINE int32_t mote_matmul_stream_words(int32_t depth, int32_t channels) {
    return (channels + 1) / 2 * (2 * mote_matmul_words(depth) + 5);
}

/* The shift of a channel from the last word of its part of the stream; A is at position 0. */
MOTE_INLINE int32_t mote_matmul_shift(mote_stage_form_t form, int32_t word, int32_t position) {
    const int32_t shifted = word >> (8 * position);
    return ~(form == MOTE_STAGE_GENERAL ? (int8_t)shifted : (shifted & 255));
}

/* The last 1 to 3 elements of a row as a word, zeros beyond. */
MOTE_INLINE int32_t mote_load_tail_s8(const int8_t *from, int32_t count) {
    uint32_t word = (uint8_t)from[0];
    if (count > 1) {
        word |= (uint32_t)(uint8_t)from[1] << 8;
    }
    if (count > 2) {
        word |= (uint32_t)(uint8_t)from[2] << 16;
    }
    return (int32_t)word;
}

typedef struct {
    int32_t a;
    int32_t b;
} mote_matmul_pair_t;

/* Stores the outputs of two channels, or of A alone; `factors` are the last words of their part. */
MOTE_INLINE void mote_matmul_store_s8(const mote_stage_s8_t *stage, mote_stage_form_t form,
                                      mote_matmul_pair_t sum, const int32_t *factors, bool both,
                                      int8_t *output) {
    output[0] =
        mote_stage_s8(stage, form, sum.a, factors[0], mote_matmul_shift(form, factors[2], 0));
    if (both) {
        output[1] =
            mote_stage_s8(stage, form, sum.b, factors[1], mote_matmul_shift(form, factors[2], 1));
    }
}

#if MOTE_DSP
#include "mote_matmul_s8_dsp.h"
#else
#include "mote_matmul_s8_portable.h"
#endif

/* Sums of two channels over one row as it lies in memory. */
MOTE_INLINE void mote_matmul_direct_form_s8(const mote_matmul_s8_t *m, const int8_t *input,
                                            const int32_t *filters, int8_t *output,
                                            mote_stage_form_t form) {
    const mote_stage_s8_t stage = m->output;
    const int32_t words = m->depth / 4;
    const int32_t rest = m->depth % 4;
    const int32_t tail = rest ? mote_load_tail_s8(input + 4 * words, rest) : 0;
    for (int32_t left = m->channels; left > 0; left -= 2) {
        mote_matmul_pair_t sum = {filters[0], filters[1]};
        filters += 2;
        const int8_t *from = input;
        for (const int32_t *const end = filters + 2 * words; filters != end; filters += 2) {
            sum = mote_matmul_four_s8(sum, mote_load_s8x4(from), filters);
            from += 4;
        }
        if (rest) {
            sum = mote_matmul_four_s8(sum, tail, filters);
            filters += 2;
        }
        mote_matmul_store_s8(&stage, form, sum, filters, left > 1, output);
        filters += 3;
        output += 2;
    }
}

/* The forms of each piece as shared functions; only those in use are kept. */
#define MOTE_MATMUL_FORMS(piece, column_t)                                                         \
    MOTE_SHARED void mote_matmul_##piece##_plain_s8(const mote_matmul_s8_t *m,                     \
                                                    const column_t *columns,                       \
                                                    const int32_t *filters, int8_t *output) {      \
        mote_matmul_##piece##_form_s8(m, columns, filters, output, MOTE_STAGE_PLAIN);              \
    }                                                                                              \
    MOTE_SHARED void mote_matmul_##piece##_clamped_s8(const mote_matmul_s8_t *m,                   \
                                                      const column_t *columns,                     \
                                                      const int32_t *filters, int8_t *output) {    \
        mote_matmul_##piece##_form_s8(m, columns, filters, output, MOTE_STAGE_CLAMPED);            \
    }                                                                                              \
    MOTE_SHARED void mote_matmul_##piece##_general_s8(const mote_matmul_s8_t *m,                   \
                                                      const column_t *columns,                     \
                                                      const int32_t *filters, int8_t *output) {    \
        mote_matmul_##piece##_form_s8(m, columns, filters, output, MOTE_STAGE_GENERAL);            \
    }                                                                                              \
    MOTE_INLINE void mote_matmul_##piece##_s8(const mote_matmul_s8_t *m, mote_stage_form_t form,   \
                                              const column_t *columns, const int32_t *filters,     \
                                              int8_t *output) {                                    \
        if (form == MOTE_STAGE_PLAIN) {                                                            \
            mote_matmul_##piece##_plain_s8(m, columns, filters, output);                           \
        } else if (form == MOTE_STAGE_CLAMPED) {                                                   \
            mote_matmul_##piece##_clamped_s8(m, columns, filters, output);                         \
        } else {                                                                                   \
            mote_matmul_##piece##_general_s8(m, columns, filters, output);                         \
        }                                                                                          \
    }

/* mote_matmul_block_s8: MOTE_MATMUL_BLOCK rows of columns */
MOTE_MATMUL_FORMS(block, int32_t)
/* mote_matmul_row_s8: one row of columns */
MOTE_MATMUL_FORMS(row, int32_t)
#if MOTE_DSP
/* mote_matmul_quads_s8: the same, for a stream of four channels together */
MOTE_MATMUL_FORMS(quads, int32_t)
#endif
/* mote_matmul_direct_s8: one row as it lies in memory */
MOTE_MATMUL_FORMS(direct, int8_t)

/*
 * All rows of a matrix; scratch holds MOTE_MATMUL_BLOCK rows of columns.
 *
 * input   [rows, depth]
 * output  [rows, channels]; each block is read whole before it is written, first block first,
 *         or last block first where `reversed`
 */
MOTE_INLINE void mote_matmul_s8(const mote_matmul_s8_t *m, mote_stage_form_t form, int32_t rows,
                                bool reversed, const int8_t *input, const int32_t *filters,
                                int32_t *scratch, int8_t *output) {
    const int32_t blocks = rows / MOTE_MATMUL_BLOCK;
    const int32_t rest = rows % MOTE_MATMUL_BLOCK;
    int32_t row = reversed ? rows : 0;
    for (int32_t i = 0; i < blocks; ++i) {
        row -= reversed ? MOTE_MATMUL_BLOCK : 0;
        mote_matmul_load_block_s8(scratch, input + row * m->depth, m->depth, m->depth);
        mote_matmul_block_s8(m, form, scratch, filters, output + row * m->channels);
        row += reversed ? 0 : MOTE_MATMUL_BLOCK;
    }
    for (int32_t i = 0; i < rest; ++i) {
        row -= reversed ? 1 : 0;
        mote_matmul_load_row_s8(scratch, input + row * m->depth, m->depth);
        mote_matmul_row_s8(m, form, scratch, filters, output + row * m->channels);
        row += reversed ? 0 : 1;
    }
}

#endif
