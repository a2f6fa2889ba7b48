/*
 * Elementwise sum or difference of two tensors with their own scales, int8 or int16.
 */
#ifndef MOTE_ADD_H
#define MOTE_ADD_H

#include "mote_elementwise.h"

/*
 * An input: (value - zero_point) * 2^left_shift is rescaled to the scale of the sum. With single
 * rounding (value - zero_point) * multiplier is rescaled to 2^(31 - shift) of the output's scale:
 * multiplier below 2^22, shift in [1, 18] and the same for both.
 */
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

#if MOTE_SINGLE_ROUNDING

/* What a row keeps in registers. */
typedef struct {
    int32_t offset;
} mote_add_state_t;

MOTE_INLINE int32_t mote_add_second_multiplier(const mote_add_t *p) {
    return p->is_subtraction ? -p->second.multiplier : p->second.multiplier;
}

MOTE_INLINE mote_add_state_t mote_add_start(const mote_add_t *p) {
    return (mote_add_state_t){
        mote_in_register((1 << (30 - p->first.shift)) - p->first.multiplier * p->first.zero_point -
                         mote_add_second_multiplier(p) * p->second.zero_point)};
}

MOTE_INLINE int32_t mote_add(const mote_add_t *p, const mote_add_state_t *state, int32_t first,
                             int32_t second) {
    const int32_t sum =
        state->offset + p->first.multiplier * first + mote_add_second_multiplier(p) * second;
    return mote_clamp_s32((sum >> (31 - p->first.shift)) + p->output.zero_point,
                          p->output.activation_min, p->output.activation_max);
}

#else

/* What a row keeps in registers. */
typedef struct {
    mote_scaling_t scaling;
    int32_t offset;
} mote_addend_state_t;

typedef struct {
    mote_addend_state_t first;
    mote_addend_state_t second;
    mote_scaling_t output;
} mote_add_state_t;

/* Whether the factor is 1/2, which needs no rounding. */
MOTE_INLINE bool mote_addend_is_half(const mote_addend_t *addend) {
    return addend->multiplier == 1 << 30 && addend->shift == 0;
}

MOTE_INLINE mote_addend_state_t mote_addend_start(const mote_addend_t *addend, int32_t left_shift) {
    const int32_t scale = 1 << (mote_addend_is_half(addend) ? left_shift - 1 : left_shift + 1);
    return (mote_addend_state_t){mote_scaling(addend->multiplier, addend->shift, 0),
                                 mote_in_register(-addend->zero_point * scale)};
}

MOTE_INLINE int32_t mote_addend(const mote_addend_t *addend, int32_t left_shift,
                                const mote_addend_state_t *state, int32_t value) {
    if (mote_addend_is_half(addend)) {
        return value * (1 << (left_shift - 1)) + state->offset;
    }
    const int32_t doubled = value * (1 << (left_shift + 1)) + state->offset;
    if (mote_scaling_is_fraction(&state->scaling)) {
        return mote_scaling_of_doubled(&state->scaling, doubled) >> -addend->shift;
    }
    return mote_scaling_of(&state->scaling, doubled / 2);
}

MOTE_INLINE mote_add_state_t mote_add_start(const mote_add_t *p) {
    return (mote_add_state_t){mote_addend_start(&p->first, p->left_shift),
                              mote_addend_start(&p->second, p->left_shift),
                              mote_range_scaling(&p->output)};
}

MOTE_INLINE int32_t mote_add(const mote_add_t *p, const mote_add_state_t *state, int32_t first,
                             int32_t second) {
    const int32_t one = mote_addend(&p->first, p->left_shift, &state->first, first);
    const int32_t two = mote_addend(&p->second, p->left_shift, &state->second, second);
    const int32_t sum = p->is_subtraction ? one - two : one + two;
    return mote_output_of_doubled(&p->output, &state->output, sum * 2);
}

#endif

MOTE_INLINE void mote_add_row_s8(const void *parameters, const void *first, const void *second,
                                 void *output) {
    const mote_add_t *const p = parameters;
    const mote_add_state_t state = mote_add_start(p);
    const int8_t *one = first;
    const int8_t *two = second;
    int8_t *out = output;
    MOTE_UNROLL
    for (int32_t i = 0; i < p->broadcast.shape[3]; ++i) {
        *out++ = (int8_t)mote_add(p, &state, *one, *two);
        one += p->broadcast.first_strides[3];
        two += p->broadcast.second_strides[3];
    }
}

MOTE_INLINE void mote_add_row_s16(const void *parameters, const void *first, const void *second,
                                  void *output) {
    const mote_add_t *const p = parameters;
    const mote_add_state_t state = mote_add_start(p);
    const int16_t *one = first;
    const int16_t *two = second;
    int16_t *out = output;
    MOTE_UNROLL
    for (int32_t i = 0; i < p->broadcast.shape[3]; ++i) {
        *out++ = (int16_t)mote_add(p, &state, *one, *two);
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
