/*
 * Mean over neighbouring axes, int8.
 */
#ifndef MOTE_MEAN_S8_H
#define MOTE_MEAN_S8_H

#include <stdint.h>

#include "mote_requantize.h"

typedef struct {
    int32_t outer;
    int32_t reduced; /* at most 2^23 */
    int32_t inner;
    int32_t input_zero_point;
    mote_output_t output; /* one factor, which contains 1 / reduced */
} mote_mean_s8_t;

/*
 * input  [outer, reduced, inner]
 * output [outer, inner]; must not overlap the input
 *
 * Any alignment.
 */
MOTE_INLINE void mote_mean_s8(const mote_mean_s8_t *p, const int8_t *input, int8_t *output) {
    for (int32_t outer = 0; outer < p->outer; ++outer) {
        for (int32_t inner = 0; inner < p->inner; ++inner) {
            int32_t sum = -p->input_zero_point * p->reduced;
            for (int32_t i = 0; i < p->reduced; ++i) {
                sum += input[i * p->inner + inner];
            }
            *output++ = mote_output_s8(&p->output, sum, 0);
        }
        input += p->reduced * p->inner;
    }
}

#endif
