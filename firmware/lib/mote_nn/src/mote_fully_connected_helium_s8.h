/*
 * Fully connected layer, int8, for Helium. Called with constant parameters it compiles to a kernel
 * for them.
 */
#ifndef MOTE_FULLY_CONNECTED_HELIUM_S8_H
#define MOTE_FULLY_CONNECTED_HELIUM_S8_H

#include "mote_matmul_helium_s8.h"

typedef struct {
    int32_t batches;
    int32_t input_depth;
    int32_t output_depth;
    mote_output_helium_t output;
} mote_fully_connected_helium_s8_t;

/*
 * input    [batches, input_depth]
 * filters  as in mote_matmul_helium_s8; biases contain the effect of the input's zero point
 * output   [batches, output_depth]; must not overlap the input
 *
 * Any alignment of input and output. Accumulators must fit int32 (the code generator checks it).
 */
MOTE_INLINE void mote_fully_connected_helium_s8(const mote_fully_connected_helium_s8_t *p,
                                                const int8_t *input, const int32_t *filters,
                                                int8_t *output) {
    const mote_matmul_helium_s8_t product = {
        .rows = p->batches,
        .depth = p->input_depth,
        .row_step = p->input_depth,
        .readable = p->input_depth % MOTE_HELIUM_STEP == 0,
        .filters = p->output_depth,
        .output_step = p->output_depth,
        .output = p->output,
    };
    mote_matmul_helium_s8(&product, input, filters, output);
}

#endif
