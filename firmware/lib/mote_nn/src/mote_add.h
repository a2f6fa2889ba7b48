/*
 * Elementwise sum or difference of two tensors with their own scales, int8 or int16.
 */
#ifndef MOTE_ADD_H
#define MOTE_ADD_H

#include "mote_elementwise.h"

/* An input: (value - zero_point) * 2^left_shift is rescaled to the scale of the sum. */
typedef struct {
    int32_t zero_point;
    int32_t multiplier;
    int32_t shift; /* in [-31, 0]; factor at most 1/2 */
} mote_addend_t;

typedef struct {
    mote_broadcast_t broadcast;
    int32_t left_shift;     /* 20 for int8, 15 for int16 */
    int32_t is_subtraction; /* 1: first - second */
    mote_addend_t first;
    mote_addend_t second;
    mote_range_t output;
} mote_add_t;

MOTE_INLINE int32_t mote_addend(const mote_addend_t *addend, int32_t left_shift, int32_t value) {
    const int32_t difference = value - addend->zero_point;
    if (addend->multiplier == 1 << 30 && addend->shift == 0) {
        return difference * (1 << (left_shift - 1)); /* one half, exactly */
    }
    return mote_requantize_offset_s32(difference * (1 << left_shift), addend->multiplier,
                                      addend->shift, 0);
}

MOTE_INLINE int32_t mote_sum(const mote_add_t *p, int32_t first, int32_t second) {
    const int32_t one = mote_addend(&p->first, p->left_shift, first);
    const int32_t two = mote_addend(&p->second, p->left_shift, second);
    return mote_range_s16(&p->output, p->is_subtraction ? one - two : one + two);
}

MOTE_INLINE void mote_add_row_s8(const void *parameters, const void *first, const void *second,
                                 void *output) {
    const mote_add_t *const p = parameters;
    const int8_t *one = first;
    const int8_t *two = second;
    int8_t *out = output;
    MOTE_UNROLL
    for (int32_t i = 0; i < p->broadcast.shape[3]; ++i) {
        *out++ = (int8_t)mote_sum(p, *one, *two);
        one += p->broadcast.first_strides[3];
        two += p->broadcast.second_strides[3];
    }
}

MOTE_INLINE void mote_add_row_s16(const void *parameters, const void *first, const void *second,
                                  void *output) {
    const mote_add_t *const p = parameters;
    const int16_t *one = first;
    const int16_t *two = second;
    int16_t *out = output;
    MOTE_UNROLL
    for (int32_t i = 0; i < p->broadcast.shape[3]; ++i) {
        *out++ = (int16_t)mote_sum(p, *one, *two);
        one += p->broadcast.first_strides[3];
        two += p->broadcast.second_strides[3];
    }
}

/* The output [shape] may be an input that does not repeat. Any alignment. */
MOTE_INLINE void mote_add_s8(const mote_add_t *p, const int8_t *first, const int8_t *second,
                             int8_t *output) {
    mote_broadcast(&p->broadcast, mote_add_row_s8, p, first, 1, second, 1, output, 1);
}

/* As mote_add_s8; zero points are 0. */
MOTE_INLINE void mote_add_s16(const mote_add_t *p, const int16_t *first, const int16_t *second,
                              int16_t *output) {
    mote_broadcast(&p->broadcast, mote_add_row_s16, p, first, 2, second, 2, output, 2);
}

#endif
