/*
 * Elementwise product of two tensors with their own scales, int8 or int16.
 */
#ifndef MOTE_MUL_H
#define MOTE_MUL_H

#include "mote_elementwise.h"

typedef struct {
    mote_broadcast_t broadcast;
    int32_t first_zero_point;
    int32_t second_zero_point;
    mote_range_t output;
} mote_mul_t;

MOTE_INLINE void mote_mul_row_s8(const void *parameters, const void *first, const void *second,
                                 void *output) {
    const mote_mul_t *const p = parameters;
    const mote_scaling_t scaling = mote_range_scaling(&p->output);
    const int8_t *one = first;
    const int8_t *two = second;
    int8_t *out = output;
    MOTE_UNROLL
    for (int32_t i = 0; i < p->broadcast.shape[3]; ++i) {
        const int32_t product = (*one - p->first_zero_point) * (*two - p->second_zero_point);
        *out++ = (int8_t)mote_output_of_doubled(&p->output, &scaling, product * 2);
        one += p->broadcast.first_strides[3];
        two += p->broadcast.second_strides[3];
    }
}

MOTE_INLINE void mote_mul_row_s16(const void *parameters, const void *first, const void *second,
                                  void *output) {
    const mote_mul_t *const p = parameters;
    const mote_range_t *const range = &p->output;
    const int16_t *one = first;
    const int16_t *two = second;
    int16_t *out = output;
    for (int32_t i = 0; i < p->broadcast.shape[3]; ++i) {
        const int32_t scaled = mote_requantize_s32(*one * *two, range->multiplier, range->shift);
        *out++ = (int16_t)mote_clamp_s32(scaled, range->activation_min, range->activation_max);
        one += p->broadcast.first_strides[3];
        two += p->broadcast.second_strides[3];
    }
}

/* The output [shape] may be an input that does not repeat. Any alignment. */
MOTE_INLINE void mote_mul_s8(const mote_mul_t *p, const int8_t *first, const int8_t *second,
                             int8_t *output) {
    mote_broadcast(&p->broadcast, mote_mul_row_s8, p, first, 1, second, 1, output, 1);
}

/* As mote_mul_s8; zero points are 0. */
MOTE_INLINE void mote_mul_s16(const mote_mul_t *p, const int16_t *first, const int16_t *second,
                              int16_t *output) {
    mote_broadcast(&p->broadcast, mote_mul_row_s16, p, first, 2, second, 2, output, 2);
}

#endif
