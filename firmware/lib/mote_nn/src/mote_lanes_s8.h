/*
 * Sums and maxima of int8 columns: up to four neighbouring elements ("lanes") are reduced side by
 * side over a block of rows and columns. Constant blocks compile to short loops.
 */
#ifndef MOTE_LANES_S8_H
#define MOTE_LANES_S8_H

#include <stdint.h>

#include "mote_arch.h"

enum { MOTE_LANES = 4 };

/* Element (row, column) of a lane is row * row_step + column * column_step after the first. */
typedef struct {
    int32_t rows;
    int32_t row_step;
    int32_t columns;
    int32_t column_step;
} mote_block_t;

/* The same block as one row, where rows follow each other as columns do. */
MOTE_INLINE mote_block_t mote_block_joined(mote_block_t block) {
    if (block.row_step == block.columns * block.column_step) {
        return (mote_block_t){1, 0, block.rows * block.columns, block.column_step};
    }
    return block;
}

#if MOTE_DSP

enum { MOTE_LANES_INT16_TAPS = 256 }; /* of int8 always have a sum in int16 */

/* Adds `columns` elements of four lanes, at most MOTE_LANES_INT16_TAPS since pairs were 0. */
MOTE_INLINE void mote_add_pairs_s8(int32_t pairs[2], const int8_t *from, int32_t columns,
                                   int32_t step) {
#pragma GCC unroll 4
    for (int32_t i = 0; i < columns; ++i) {
        const int32_t word = mote_load_s8x4(from);
        pairs[0] = mote_sxtab16(pairs[0], word);
        pairs[1] = mote_sxtab16_odd(pairs[1], word);
        from += step;
    }
}

MOTE_INLINE void mote_flush_pairs_s8(int32_t sums[MOTE_LANES], const int32_t pairs[2]) {
    sums[0] += (int16_t)pairs[0];
    sums[1] += (int16_t)pairs[1];
    sums[2] += pairs[0] >> 16;
    sums[3] += pairs[1] >> 16;
}

MOTE_INLINE void mote_sum_quad_s8(int32_t sums[MOTE_LANES], const int8_t *from,
                                  mote_block_t block) {
    if (block.rows * block.columns <= MOTE_LANES_INT16_TAPS) {
        int32_t pairs[2] = {0, 0};
        for (int32_t row = 0; row < block.rows; ++row) {
            mote_add_pairs_s8(pairs, from + row * block.row_step, block.columns, block.column_step);
        }
        mote_flush_pairs_s8(sums, pairs);
        return;
    }
    for (int32_t row = 0; row < block.rows; ++row) {
        for (int32_t i = 0; i < block.columns; i += MOTE_LANES_INT16_TAPS) {
            const int32_t left = block.columns - i;
            int32_t pairs[2] = {0, 0};
            mote_add_pairs_s8(pairs, from + row * block.row_step + i * block.column_step,
                              left < MOTE_LANES_INT16_TAPS ? left : MOTE_LANES_INT16_TAPS,
                              block.column_step);
            mote_flush_pairs_s8(sums, pairs);
        }
    }
}

/* The maxima of four lanes as a word of int8. */
MOTE_INLINE int32_t mote_max_quad_s8(const int8_t *from, mote_block_t block) {
    block = mote_block_joined(block);
    int32_t greatest = mote_load_s8x4(from);
    for (int32_t row = 0; row < block.rows; ++row) {
        const int8_t *values = from + row * block.row_step;
        for (int32_t i = 0; i < block.columns; ++i) {
            greatest = mote_max_s8x4(greatest, mote_load_s8x4(values));
            values += block.column_step;
        }
    }
    return greatest;
}

#endif

/* Adds to `lanes` sums; a block that is not empty. Sums must fit int32. */
MOTE_INLINE void mote_sum_lanes_s8(int32_t sums[MOTE_LANES], const int8_t *from, mote_block_t block,
                                   int32_t lanes) {
    block = mote_block_joined(block);
#if MOTE_DSP
    if (lanes == MOTE_LANES) {
        mote_sum_quad_s8(sums, from, block);
        return;
    }
#endif
    for (int32_t row = 0; row < block.rows; ++row) {
        const int8_t *values = from + row * block.row_step;
        for (int32_t i = 0; i < block.columns; ++i) {
#pragma GCC unroll 4
            for (int32_t lane = 0; lane < lanes; ++lane) {
                sums[lane] += values[lane];
            }
            values += block.column_step;
        }
    }
}

/* Raises `lanes` maxima; a block that is not empty. */
MOTE_INLINE void mote_max_lanes_s8(int32_t maxima[MOTE_LANES], const int8_t *from,
                                   mote_block_t block, int32_t lanes) {
    block = mote_block_joined(block);
#if MOTE_DSP
    if (lanes == MOTE_LANES) {
        const int32_t greatest = mote_max_quad_s8(from, block);
#pragma GCC unroll 4
        for (int32_t lane = 0; lane < MOTE_LANES; ++lane) {
            const int8_t value = (int8_t)(greatest >> (8 * lane));
            maxima[lane] = value > maxima[lane] ? value : maxima[lane];
        }
        return;
    }
#endif
    for (int32_t row = 0; row < block.rows; ++row) {
        const int8_t *values = from + row * block.row_step;
        for (int32_t i = 0; i < block.columns; ++i) {
#pragma GCC unroll 4
            for (int32_t lane = 0; lane < lanes; ++lane) {
                maxima[lane] = values[lane] > maxima[lane] ? values[lane] : maxima[lane];
            }
            values += block.column_step;
        }
    }
}

#endif
