/*
 * Sum, mean and maximum of int8 over some axes. Called with constant parameters they compile to
 * kernels for them.
 */
#ifndef MOTE_REDUCE_S8_H
#define MOTE_REDUCE_S8_H

#include <stdint.h>

#include "mote_lanes_s8.h"
#include "mote_reduce.h"

typedef mote_reduce_t mote_reduce_s8_t;

MOTE_INLINE void mote_reduce_lanes_s8(mote_reduce_kind_t kind, int32_t values[MOTE_LANES],
                                      const int8_t *from, mote_block_t block, int32_t lanes) {
    if (kind == MOTE_REDUCE_SUM) {
        mote_sum_lanes_s8(values, from, block, lanes);
    } else {
        mote_max_lanes_s8(values, from, block, lanes);
    }
}

/* The innermost axis is kept: `lanes` neighbouring outputs side by side. */
MOTE_INLINE void mote_reduce_across_s8(const mote_reduce_t *p, mote_reduce_kind_t kind,
                                       int32_t values[MOTE_LANES], const int8_t *input,
                                       int32_t lanes) {
    const mote_nest_t *const n = &p->nest;
    const mote_block_t block = {n->reduced[1], n->reduced_steps[1], n->reduced[2],
                                n->reduced_steps[2]};
    for (int32_t i = 0; i < n->reduced[0]; ++i) {
        mote_reduce_lanes_s8(kind, values, input + i * n->reduced_steps[0], block, lanes);
    }
}

/* The innermost axis is reduced: lanes are parts of one output, which becomes values[0]. */
MOTE_INLINE void mote_reduce_along_s8(const mote_reduce_t *p, mote_reduce_kind_t kind,
                                      int32_t values[MOTE_LANES], const int8_t *input) {
    const mote_nest_t *const n = &p->nest;
    const int32_t in_lanes = n->reduced[2] / MOTE_LANES, rest = n->reduced[2] % MOTE_LANES;
    const mote_block_t block = {n->reduced[1], n->reduced_steps[1], in_lanes, MOTE_LANES};
    const mote_block_t last = {n->reduced[1], n->reduced_steps[1], 1, 0};
    for (int32_t i = 0; i < n->reduced[0]; ++i) {
        const int8_t *const from = input + i * n->reduced_steps[0];
        if (in_lanes > 0) {
            mote_reduce_lanes_s8(kind, values, from, block, MOTE_LANES);
        }
        if (rest > 0) {
            mote_reduce_lanes_s8(kind, values, from + in_lanes * MOTE_LANES, last, rest);
        }
    }
    for (int32_t lane = 1; lane < MOTE_LANES; ++lane) {
        const int32_t value = values[lane];
        values[0] = kind == MOTE_REDUCE_SUM ? values[0] + value
                    : value > values[0]     ? value
                                            : values[0];
    }
}

/*
 * input  as p->nest says, any alignment
 * output kept axes; may begin as far before the input as kernels/reduction.py says
 */
MOTE_INLINE void mote_reduce_s8(const mote_reduce_t *p, mote_reduce_kind_t kind,
                                const int8_t *input, int8_t *output) {
    const mote_nest_t *const n = &p->nest;
    const int32_t start = kind == MOTE_REDUCE_SUM ? 0 : INT8_MIN;
    const int32_t across = n->kept_steps[2] == 1;
    const int32_t lanes = across && n->kept[2] < MOTE_LANES ? n->kept[2] : MOTE_LANES;
    const int32_t step = across ? lanes : 1;
    for (int32_t i = 0; i < n->kept[0]; ++i) {
        for (int32_t j = 0; j < n->kept[1]; ++j) {
            const int8_t *const from = input + i * n->kept_steps[0] + j * n->kept_steps[1];
            for (int32_t next = 0; next < n->kept[2]; next += step) {
                /* the last lanes may have been computed in part */
                const int32_t first = next + step > n->kept[2] ? n->kept[2] - step : next;
                int32_t values[MOTE_LANES] = {start, start, start, start};
                if (across) {
                    mote_reduce_across_s8(p, kind, values, from + first, lanes);
                } else {
                    mote_reduce_along_s8(p, kind, values, from + first * n->kept_steps[2]);
                }
#pragma GCC unroll 4
                for (int32_t k = 0; k < step; ++k) {
                    if (k < next - first) {
                        continue;
                    }
                    const int32_t value = mote_reduce_value(p, kind, values[k]);
                    *output++ = mote_clamp_s8(value, INT8_MIN, INT8_MAX);
                }
            }
        }
    }
}

MOTE_INLINE void mote_sum_s8(const mote_reduce_t *p, const int8_t *input, int8_t *output) {
    mote_reduce_s8(p, MOTE_REDUCE_SUM, input, output);
}

MOTE_INLINE void mote_reduce_max_s8(const mote_reduce_t *p, const int8_t *input, int8_t *output) {
    mote_reduce_s8(p, MOTE_REDUCE_MAX, input, output);
}

#endif
