/*
 * Softmax over the last axis, int8, with floats from a table, as TensorFlow Lite's interpreter
 * computes it.
 */
#ifndef MOTE_SOFTMAX_TABLE_S8_H
#define MOTE_SOFTMAX_TABLE_S8_H

#include <stdint.h>

#include "mote_requantize.h"

typedef struct {
    int32_t rows;
    int32_t depth;
} mote_softmax_table_s8_t;

/*
 * input   [rows, depth]
 * powers  [256]: exp(-i * beta * scale of the input)
 * output  [rows, depth], scale 1/256 and zero point -128; may be the input
 */
MOTE_INLINE void mote_softmax_table_s8(const mote_softmax_table_s8_t *p, const int8_t *input,
                                       const float *powers, int8_t *output) {
    const float round = 12582912.0f; /* 1.5 * 2^23: what is added to it loses its fraction */
    for (int32_t row = 0; row < p->rows; ++row) {
        int32_t largest = INT8_MIN;
        for (int32_t i = 0; i < p->depth; ++i) {
            largest = input[i] > largest ? input[i] : largest;
        }
        float sum = 0.0f;
        for (int32_t i = 0; i < p->depth; ++i) {
            sum += powers[largest - input[i]];
        }
        const float factor = 1.0f / (sum * 0.00390625f);
        for (int32_t i = 0; i < p->depth; ++i) {
            const float share = powers[largest - input[i]] * factor;
            output[i] = mote_clamp_s8((int32_t)((share + round) - round) - 128, -128, 127);
        }
        input += p->depth;
        output += p->depth;
    }
}

#endif
