/*
 * One step of an SVDF layer, int8: each filter keeps its last responses to the input (its memory)
 * and answers with their weighted sum; a unit adds up `rank` filters. Called with constant
 * parameters it compiles to a kernel for them.
 */
#ifndef MOTE_SVDF_S8_H
#define MOTE_SVDF_S8_H

#include <stdint.h>
#include <string.h>

#include "mote_dot_rows.h"
#include "mote_requantize.h"

typedef struct {
    int32_t batches;
    int32_t input_size;
    int32_t units;
    int32_t rank; /* filters of a unit */
    int32_t memory;
    int32_t feature_multiplier; /* from products of input and feature weights to the state */
    int32_t feature_shift;
    int32_t state_is_s16; /* type of state and time weights: 1 int16, 0 int8 */
    int32_t state_zero_point;
    int32_t output_multiplier; /* from products of state and time weights to the output */
    int32_t output_shift;
    int32_t output_zero_point;
} mote_svdf_s8_t;

/*
 * Filter `filter` forgets its oldest response and remembers the one with this sum of products.
 * What a zero point moves out of the type's range wraps, as in the pinned TFLM.
 */
MOTE_INLINE void mote_svdf_remember(const mote_svdf_s8_t *p, int32_t sum, int32_t filter,
                                    void *state) {
    const int32_t response = mote_requantize_s32(sum, p->feature_multiplier, p->feature_shift);
    const size_t kept = (size_t)p->memory - 1;
    if (p->state_is_s16) {
        int16_t *const memory = (int16_t *)state + filter * p->memory;
        memmove(memory, memory + 1, kept * sizeof *memory);
        memory[kept] =
            (int16_t)(mote_clamp_s16(response, INT16_MIN, INT16_MAX) + p->state_zero_point);
    } else {
        int8_t *const memory = (int8_t *)state + filter * p->memory;
        memmove(memory, memory + 1, kept);
        memory[kept] = (int8_t)(mote_clamp_s8(response, INT8_MIN, INT8_MAX) + p->state_zero_point);
    }
}

/* Sum of products of a unit's memories and time weights, modulo 2^32. */
MOTE_INLINE int32_t mote_svdf_recall(const mote_svdf_s8_t *p, int32_t sum, int32_t unit,
                                     const void *time_weights, const void *state) {
    const int32_t count = p->rank * p->memory;
    uint32_t total = (uint32_t)sum;
    for (int32_t i = unit * count; i < (unit + 1) * count; ++i) {
        const int32_t product =
            p->state_is_s16 ? ((const int16_t *)state)[i] * ((const int16_t *)time_weights)[i]
                            : ((const int8_t *)state)[i] * ((const int8_t *)time_weights)[i];
        total += (uint32_t)product;
    }
    return (int32_t)total;
}

/*
 * input           [batches, input_size]
 * feature_weights [units * rank, input_size]
 * feature_biases  [units * rank]; the effect of the input's zero point
 * time_weights    [units * rank, memory]
 * biases          [units]; contain the effect of the state's zero point
 * state           [batches, units * rank, memory], from the oldest response to the newest
 * output          [batches, units]; with one batch it may overlap the input
 */
MOTE_INLINE void mote_svdf_s8(const mote_svdf_s8_t *p, const int8_t *input,
                              const int8_t *feature_weights, const int32_t *feature_biases,
                              const void *time_weights, const int32_t *biases, void *state,
                              int8_t *output) {
    const int32_t filters = p->units * p->rank;
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        const int8_t *row = feature_weights;
        int32_t filter = 0;
        for (int32_t four = 0; four < filters / 4; ++four) {
            const int32_t *const bias = feature_biases + filter;
            const mote_rows_s32_t sums =
                mote_dot_rows_s8((mote_rows_s32_t){bias[0], bias[1], bias[2], bias[3]}, input, row,
                                 p->input_size, p->input_size);
            mote_svdf_remember(p, sums.a, filter, state);
            mote_svdf_remember(p, sums.b, filter + 1, state);
            mote_svdf_remember(p, sums.c, filter + 2, state);
            mote_svdf_remember(p, sums.d, filter + 3, state);
            row += 4 * p->input_size;
            filter += 4;
        }
        for (int32_t one = 0; one < filters % 4; ++one) {
            const int32_t sum = mote_dot_row_s8(feature_biases[filter], input, row, p->input_size);
            mote_svdf_remember(p, sum, filter, state);
            row += p->input_size;
            ++filter;
        }
        for (int32_t unit = 0; unit < p->units; ++unit) {
            const int32_t sum = mote_svdf_recall(p, biases[unit], unit, time_weights, state);
            const int32_t scaled = mote_requantize_s32(sum, p->output_multiplier, p->output_shift);
            *output++ = mote_clamp_s8(scaled + p->output_zero_point, INT8_MIN, INT8_MAX);
        }
        input += p->input_size;
        state = (int8_t *)state + filters * p->memory * (p->state_is_s16 ? 2 : 1);
    }
}

#endif
