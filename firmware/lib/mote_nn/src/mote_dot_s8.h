/*
 * Sums of products of int8 vectors: the inner loops of convolutions and fully connected layers.
 *
 * Four rows of weights share one reading of the input. Sums must fit int32.
 */
#ifndef MOTE_DOT_S8_H
#define MOTE_DOT_S8_H

#include <stdint.h>

#include "mote_requantize.h"

/* Accumulators of four neighbouring output channels. */
typedef struct {
    int32_t a;
    int32_t b;
    int32_t c;
    int32_t d;
} mote_quad_s32_t;

/* sum + sum over i < count of (input[i] - zero_point) * weights[i]. */
MOTE_INLINE int32_t mote_dot_s8(int32_t sum, const int8_t *input, int32_t zero_point,
                                const int8_t *weights, int32_t count) {
    for (int32_t i = 0; i < count; ++i) {
        sum += (input[i] - zero_point) * weights[i];
    }
    return sum;
}

/* The same for the rows of weights at weights, weights + row, + 2 row and + 3 row. */
MOTE_INLINE mote_quad_s32_t mote_dot_quad_s8(mote_quad_s32_t sum, const int8_t *input,
                                             int32_t zero_point, const int8_t *weights, int32_t row,
                                             int32_t count) {
    const int8_t *const weights_b = weights + row;
    const int8_t *const weights_c = weights_b + row;
    const int8_t *const weights_d = weights_c + row;
    for (int32_t i = 0; i < count; ++i) {
        const int32_t value = input[i] - zero_point;
        sum.a += value * weights[i];
        sum.b += value * weights_b[i];
        sum.c += value * weights_c[i];
        sum.d += value * weights_d[i];
    }
    return sum;
}

/* Four neighbouring biases. */
MOTE_INLINE mote_quad_s32_t mote_quad_s32(const int32_t *bias) {
    return (mote_quad_s32_t){bias[0], bias[1], bias[2], bias[3]};
}

/* The four outputs from `channel` on. */
MOTE_INLINE void mote_output_quad_s8(const mote_output_t *stage, mote_quad_s32_t sum,
                                     int32_t channel, int8_t *output) {
    output[0] = mote_output_s8(stage, sum.a, channel);
    output[1] = mote_output_s8(stage, sum.b, channel + 1);
    output[2] = mote_output_s8(stage, sum.c, channel + 2);
    output[3] = mote_output_s8(stage, sum.d, channel + 3);
}

#endif
