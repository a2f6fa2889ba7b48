/*
 * Sum and mean of int16 over some axes: as mote_reduce_s8.h, one output after the other.
 */
#ifndef MOTE_REDUCE_S16_H
#define MOTE_REDUCE_S16_H

#include <stdint.h>

#include "mote_reduce.h"

typedef mote_reduce_t mote_reduce_s16_t;

/* Modulo 2^32. */
MOTE_INLINE int32_t mote_sum_element_s16(const mote_nest_t *n, const int16_t *input) {
    uint32_t sum = 0;
    for (int32_t i = 0; i < n->reduced[0]; ++i) {
        for (int32_t j = 0; j < n->reduced[1]; ++j) {
            const int16_t *const row = input + i * n->reduced_steps[0] + j * n->reduced_steps[1];
            for (int32_t k = 0; k < n->reduced[2]; ++k) {
                const int32_t element = row[k * n->reduced_steps[2]];
                sum += (uint32_t)element;
            }
        }
    }
    return (int32_t)sum;
}

/* Layouts as mote_reduce_s8, alignment of int16. */
MOTE_INLINE void mote_sum_s16(const mote_reduce_t *p, const int16_t *input, int16_t *output) {
    const mote_nest_t *const n = &p->nest;
    for (int32_t i = 0; i < n->kept[0]; ++i) {
        for (int32_t j = 0; j < n->kept[1]; ++j) {
            const int16_t *const row = input + i * n->kept_steps[0] + j * n->kept_steps[1];
            for (int32_t k = 0; k < n->kept[2]; ++k) {
                const int32_t sum = mote_sum_element_s16(n, row + k * n->kept_steps[2]);
                const int32_t value = mote_reduce_value(p, MOTE_REDUCE_SUM, sum);
                const int32_t raised = value < INT16_MIN ? INT16_MIN : value;
                *output++ = (int16_t)(raised > INT16_MAX ? INT16_MAX : raised);
            }
        }
    }
}

#endif
