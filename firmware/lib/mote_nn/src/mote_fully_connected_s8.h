/*
 * Fully connected layer, int8. Called with constant parameters it compiles to a kernel for them.
 *
 * input   [batches, input_depth]
 * filters the stream of mote_matmul_s8.h
 * output  [batches, output_depth]
 */
#ifndef MOTE_FULLY_CONNECTED_S8_H
#define MOTE_FULLY_CONNECTED_S8_H

#include <stdint.h>

#include "mote_matmul_s8.h"

typedef struct {
    int32_t batches;
    int32_t input_depth;
    int32_t output_depth;
    mote_stage_s8_t output;
} mote_fully_connected_s8_t;

MOTE_INLINE mote_matmul_s8_t mote_fully_connected_matmul(const mote_fully_connected_s8_t *p) {
    return (mote_matmul_s8_t){
        .depth = p->input_depth,
        .channels = p->output_depth,
        .step = p->output_depth,
        .output = p->output,
    };
}

/*
 * For many outputs: widens the input once into scratch. The output may overlap the input as
 * mote_matmul_s8 allows.
 */
MOTE_INLINE void mote_fully_connected_s8(const mote_fully_connected_s8_t *p, const int8_t *input,
                                         const int32_t *filters, int32_t *scratch, int8_t *output) {
    const mote_matmul_s8_t m = mote_fully_connected_matmul(p);
    mote_matmul_s8(&m, mote_stage_form(&p->output), p->batches, false, input, filters, scratch,
                   output);
}

#if MOTE_DSP

/* For much work in few rows: a stream of four channels together, which share what they read. */
MOTE_INLINE void mote_fully_connected_quads_s8(const mote_fully_connected_s8_t *p,
                                               const int8_t *input, const int32_t *filters,
                                               int32_t *scratch, int8_t *output) {
    const mote_matmul_s8_t m = mote_fully_connected_matmul(p);
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        mote_matmul_load_row_s8(scratch, input + batch * p->input_depth, p->input_depth);
        mote_matmul_quads_s8(&m, mote_stage_form(&p->output), scratch, filters,
                             output + batch * p->output_depth);
    }
}

#endif

/* For few outputs: no scratch. The output must not overlap the input. */
MOTE_INLINE void mote_fully_connected_direct_s8(const mote_fully_connected_s8_t *p,
                                                const int8_t *input, const int32_t *filters,
                                                int8_t *output) {
    const mote_matmul_s8_t m = mote_fully_connected_matmul(p);
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        mote_matmul_direct_s8(&m, mote_stage_form(&p->output), input + batch * p->input_depth,
                              filters, output + batch * p->output_depth);
    }
}

#endif
