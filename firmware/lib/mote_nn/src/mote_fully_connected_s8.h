/*
 * Fully connected layer, int8. Called with constant parameters it compiles to a kernel for them.
 */
#ifndef MOTE_FULLY_CONNECTED_S8_H
#define MOTE_FULLY_CONNECTED_S8_H

#include <stdint.h>

#include "mote_dot_s8.h"

typedef struct {
    int32_t batches;
    int32_t input_depth;
    int32_t output_depth;
    mote_output_t output;
} mote_fully_connected_s8_t;

/*
 * input   [batches, input_depth]
 * weights [output_depth, input_depth]
 * bias    [output_depth]; contains the effect of the input's zero point
 * output  [batches, output_depth]; must not overlap the input
 *
 * Any alignment. Accumulators must fit int32 (the code generator checks it).
 */
MOTE_INLINE void mote_fully_connected_s8(const mote_fully_connected_s8_t *p, const int8_t *input,
                                         const int8_t *weights, const int32_t *bias,
                                         int8_t *output) {
    const int32_t depth = p->input_depth;
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        int32_t channel = 0;
        for (; channel + 4 <= p->output_depth; channel += 4) {
            const mote_quad_s32_t sum = mote_dot_quad_s8(mote_quad_s32(bias + channel), input, 0,
                                                         weights + channel * depth, depth, depth);
            mote_output_quad_s8(&p->output, sum, channel, output + channel);
        }
        for (; channel < p->output_depth; ++channel) {
            const int32_t sum =
                mote_dot_s8(bias[channel], input, 0, weights + channel * depth, depth);
            output[channel] = mote_output_s8(&p->output, sum, channel);
        }
        input += depth;
        output += p->output_depth;
    }
}

#endif
