/*
 * Elementwise sum of two int8 tensors with their own scales.
 */
#ifndef MOTE_ADD_S8_H
#define MOTE_ADD_S8_H

#include <stdint.h>

#include "mote_requantize.h"

/* An input: (value - zero_point) * 2^left_shift is rescaled to the scale of the sum. */
typedef struct {
    int32_t zero_point;
    int32_t multiplier;
    int32_t shift; /* in [-31, 0] */
} mote_addend_t;

typedef struct {
    int32_t n_elements;
    int32_t left_shift; /* at most 22 */
    mote_addend_t first;
    mote_addend_t second;
    mote_output_t output; /* one factor */
} mote_add_s8_t;

MOTE_INLINE int32_t mote_addend_s8(const mote_addend_t *addend, int32_t left_shift, int8_t value) {
    const int32_t shifted = (value - addend->zero_point) * (1 << left_shift);
    return mote_requantize_s32(shifted, addend->multiplier, addend->shift);
}

/* All of n_elements; the output may be one of the inputs. Any alignment. */
MOTE_INLINE void mote_add_s8(const mote_add_s8_t *p, const int8_t *first, const int8_t *second,
                             int8_t *output) {
    for (int32_t i = 0; i < p->n_elements; ++i) {
        const int32_t sum = mote_addend_s8(&p->first, p->left_shift, first[i]) +
                            mote_addend_s8(&p->second, p->left_shift, second[i]);
        output[i] = mote_output_s8(&p->output, sum, 0);
    }
}

#endif
