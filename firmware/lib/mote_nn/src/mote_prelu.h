/*
 * Parametric ReLU: input where it is not negative, else input * alpha; int8 or int16, alpha int8.
 */
#ifndef MOTE_PRELU_H
#define MOTE_PRELU_H

#include "mote_elementwise.h"

typedef struct {
    mote_broadcast_t broadcast;
    int32_t first_zero_point;
    int32_t second_zero_point;
    int32_t negative_multiplier;
    int32_t negative_shift;
    mote_range_t output; /* its factor is that of values that are not negative */
} mote_prelu_t;

/* What a row keeps in registers. */
typedef struct {
    mote_scaling_t positive;
    mote_scaling_t negative;
} mote_prelu_state_t;

MOTE_INLINE mote_prelu_state_t mote_prelu_start(const mote_prelu_t *p) {
    return (mote_prelu_state_t){
        mote_range_scaling(&p->output),
        mote_scaling(p->negative_multiplier, p->negative_shift, p->output.zero_point)};
}

MOTE_INLINE int32_t mote_prelu(const mote_prelu_t *p, const mote_prelu_state_t *state,
                               int32_t input, int32_t alpha) {
    const int32_t x = input - p->first_zero_point;
    const int32_t scaled =
        x >= 0 ? mote_scaling_of(&state->positive, x)
               : mote_scaling_of(&state->negative, x * (alpha - p->second_zero_point));
    return mote_clamp_s32(scaled, p->output.activation_min, p->output.activation_max);
}

MOTE_INLINE void mote_prelu_row_s8(const void *parameters, const void *first, const void *second,
                                   void *output) {
    const mote_prelu_t *const p = parameters;
    const mote_prelu_state_t state = mote_prelu_start(p);
    const int8_t *input = first;
    const int8_t *alpha = second;
    int8_t *out = output;
    for (int32_t i = 0; i < p->broadcast.shape[3]; ++i) {
        *out++ = (int8_t)mote_prelu(p, &state, *input, *alpha);
        input += p->broadcast.first_strides[3];
        alpha += p->broadcast.second_strides[3];
    }
}

MOTE_INLINE void mote_prelu_row_s16(const void *parameters, const void *first, const void *second,
                                    void *output) {
    const mote_prelu_t *const p = parameters;
    const mote_prelu_state_t state = mote_prelu_start(p);
    const int16_t *input = first;
    const int8_t *alpha = second;
    int16_t *out = output;
    for (int32_t i = 0; i < p->broadcast.shape[3]; ++i) {
        *out++ = (int16_t)mote_prelu(p, &state, *input, *alpha);
        input += p->broadcast.first_strides[3];
        alpha += p->broadcast.second_strides[3];
    }
}

/* The output [shape] may be an input that does not repeat. Any alignment. */
MOTE_INLINE void mote_prelu_s8(const mote_prelu_t *p, const int8_t *first, const int8_t *second,
                               int8_t *output) {
    mote_broadcast(&p->broadcast, mote_prelu_row_s8, p, first, 1, second, 1, output, 1);
}

/* The output [shape] may be the first input where that does not repeat; its zero point is 0. */
MOTE_INLINE void mote_prelu_s16(const mote_prelu_t *p, const int16_t *first, const int8_t *second,
                                int16_t *output) {
    mote_broadcast(&p->broadcast, mote_prelu_row_s16, p, first, 2, second, 1, output, 2);
}

#endif
