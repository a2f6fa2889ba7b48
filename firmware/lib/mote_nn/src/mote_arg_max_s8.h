/*
 * Where the extreme of an int8 tensor lies along one axis.
 */
#ifndef MOTE_ARG_MAX_S8_H
#define MOTE_ARG_MAX_S8_H

#include <stdint.h>

#include "mote_arch.h"

typedef struct {
    int32_t outer;
    int32_t depth; /* at least 1 */
    int32_t inner;
    int32_t is_minimum; /* 1: of the lowest, 0: of the highest */
} mote_arg_max_s8_t;

/*
 * input  [outer, depth, inner]
 * output [outer, inner], the first index of the extreme; must not overlap the input
 */
MOTE_INLINE void mote_arg_max_s8(const mote_arg_max_s8_t *p, const int8_t *input, int32_t *output) {
    for (int32_t outer = 0; outer < p->outer; ++outer) {
        for (int32_t inner = 0; inner < p->inner; ++inner) {
            int32_t best = 0;
            for (int32_t i = 1; i < p->depth; ++i) {
                const int32_t value = input[i * p->inner + inner];
                const int32_t extreme = input[best * p->inner + inner];
                if (p->is_minimum ? value < extreme : value > extreme) {
                    best = i;
                }
            }
            *output++ = best;
        }
        input += p->depth * p->inner;
    }
}

#endif
