/*
 * Logistic function and hyperbolic tangent, int16 to int16 with the scale 2^-15, interpolated in
 * one table: tanh(x) = 2 logistic(2x) - 1.
 */
#ifndef MOTE_SIGMOID_S16_H
#define MOTE_SIGMOID_S16_H

#include <stdint.h>

#include "mote_arch.h"

/* (input * multiplier) / 2^shift, rounded, is in steps of 1 / (3 * 4096). */
typedef struct {
    int32_t n_elements;
    int32_t multiplier; /* in [1, 32767] */
    int32_t shift;      /* in [0, 31] */
} mote_sigmoid_s16_t;

MOTE_INLINE int32_t mote_sigmoid_steps(const mote_sigmoid_s16_t *p, int32_t input) {
    const int32_t half = p->shift > 0 ? 1 << (p->shift - 1) : 0;
    return (input * p->multiplier + half) >> p->shift;
}

/* logistic(|x|) in Q0.16 * 2^bits, where 2^bits of x are a step of the table. */
MOTE_INLINE int32_t mote_sigmoid_of_magnitude(const uint16_t table[256], int32_t x, int32_t bits,
                                              int32_t saturated) {
    const int32_t magnitude = x < 0 ? -x : x;
    const int32_t index = magnitude >> bits;
    if (index >= 255) {
        return saturated;
    }
    const int32_t slope = table[index + 1] - table[index];
    return table[index] * (1 << bits) + (magnitude & ((1 << bits) - 1)) * slope;
}

/* table[i] = logistic(i / 24) in Q0.16; the output may be the input. */
MOTE_INLINE void mote_logistic_s16(const mote_sigmoid_s16_t *p, const int16_t *input,
                                   const uint16_t table[256], int16_t *output) {
    for (int32_t i = 0; i < p->n_elements; ++i) {
        const int32_t x = mote_sigmoid_steps(p, input[i]);
        const int32_t value = mote_sigmoid_of_magnitude(table, x, 9, 0x7FFF << 10);
        const int32_t rounded = x >= 0 ? value + (1 << 9) : (1 << 25) - value + (1 << 9) - 1;
        output[i] = (int16_t)(rounded >> 10);
    }
}

/* As mote_logistic_s16. */
MOTE_INLINE void mote_tanh_s16(const mote_sigmoid_s16_t *p, const int16_t *input,
                               const uint16_t table[256], int16_t *output) {
    for (int32_t i = 0; i < p->n_elements; ++i) {
        const int32_t x = mote_sigmoid_steps(p, input[i]);
        const int32_t value = mote_sigmoid_of_magnitude(table, x, 8, 0xFFFF << 8) - (1 << 23);
        const int32_t rounded = x >= 0 ? value + (1 << 7) : -value + (1 << 7) - 1;
        output[i] = (int16_t)(rounded >> 8);
    }
}

#endif
