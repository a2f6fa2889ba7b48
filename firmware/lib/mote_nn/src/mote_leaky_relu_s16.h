/*
 * Leaky ReLU, int16: one factor from zero on, another below.
 */
#ifndef MOTE_LEAKY_RELU_S16_H
#define MOTE_LEAKY_RELU_S16_H

#include "mote_elementwise.h"

typedef struct {
    int32_t n_elements;
    int32_t positive_multiplier;
    int32_t positive_shift;
    int32_t negative_multiplier;
    int32_t negative_shift;
} mote_leaky_relu_s16_t;

/* The output may be the input. */
MOTE_INLINE void mote_leaky_relu_s16(const mote_leaky_relu_s16_t *p, const int16_t *input,
                                     int16_t *output) {
    const mote_scaling_t positive = mote_scaling(p->positive_multiplier, p->positive_shift, 0);
    const mote_scaling_t negative = mote_scaling(p->negative_multiplier, p->negative_shift, 0);
    MOTE_UNROLL
    for (int32_t i = 0; i < p->n_elements; ++i) {
        const int32_t value = input[i];
        const int32_t scaled = mote_scaling_of(value >= 0 ? &positive : &negative, value);
        output[i] = (int16_t)mote_clamp_s32(scaled, INT16_MIN, INT16_MAX);
    }
}

#endif
