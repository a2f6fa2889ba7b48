/*
 * Sum, mean and maximum of int16 over some axes: as mote_reduce_s8.h, one output after the other.
 */
#ifndef MOTE_REDUCE_S16_H
#define MOTE_REDUCE_S16_H

#include <stdint.h>

#include "mote_reduce.h"

typedef mote_reduce_t mote_reduce_s16_t;

/* Sums wrap modulo 2^32. */
MOTE_INLINE int32_t mote_reduce_element_s16(const mote_nest_t *n, mote_reduce_kind_t kind,
                                            const int16_t *input) {
    int32_t value = kind == MOTE_REDUCE_SUM ? 0 : INT16_MIN;
    for (int32_t i = 0; i < n->reduced[0]; ++i) {
        for (int32_t j = 0; j < n->reduced[1]; ++j) {
            for (int32_t k = 0; k < n->reduced[2]; ++k) {
                const int32_t element = input[i * n->reduced_steps[0] + j * n->reduced_steps[1] +
                                              k * n->reduced_steps[2]];
                if (kind == MOTE_REDUCE_SUM) {
                    value = (int32_t)((uint32_t)value + (uint32_t)element);
                } else {
                    value = element > value ? element : value;
                }
            }
        }
    }
    return value;
}

MOTE_INLINE void mote_reduce_s16(const mote_reduce_t *p, mote_reduce_kind_t kind,
                                 const int16_t *input, int16_t *output) {
    const mote_nest_t *const n = &p->nest;
    for (int32_t i = 0; i < n->kept[0]; ++i) {
        for (int32_t j = 0; j < n->kept[1]; ++j) {
            for (int32_t k = 0; k < n->kept[2]; ++k) {
                const int16_t *const from =
                    input + i * n->kept_steps[0] + j * n->kept_steps[1] + k * n->kept_steps[2];
                const int32_t value =
                    mote_reduce_value(p, kind, mote_reduce_element_s16(n, kind, from));
                const int32_t raised = value < INT16_MIN ? INT16_MIN : value;
                *output++ = (int16_t)(raised > INT16_MAX ? INT16_MAX : raised);
            }
        }
    }
}

MOTE_INLINE void mote_sum_s16(const mote_reduce_t *p, const int16_t *input, int16_t *output) {
    mote_reduce_s16(p, MOTE_REDUCE_SUM, input, output);
}

MOTE_INLINE void mote_reduce_max_s16(const mote_reduce_t *p, const int16_t *input,
                                     int16_t *output) {
    mote_reduce_s16(p, MOTE_REDUCE_MAX, input, output);
}

#endif
