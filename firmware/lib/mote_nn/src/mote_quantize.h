/*
 * Integers to integers with another scale; sizes may differ.
 */
#ifndef MOTE_QUANTIZE_H
#define MOTE_QUANTIZE_H

#include "mote_elementwise.h"

typedef struct {
    int32_t n_elements;
    mote_dtype_t input_dtype;
    mote_dtype_t output_dtype;
    int32_t input_zero_point;
    mote_range_t output;
} mote_quantize_t;

/*
 * Arrays aligned to their elements. The output may begin at the input where it is not larger, and
 * before it by as much as it is larger but for one element.
 */
MOTE_INLINE void mote_quantize(const mote_quantize_t *p, const void *input, void *output) {
    const mote_range_t *const range = &p->output;
    for (int32_t i = 0; i < p->n_elements; ++i) {
        const uint32_t value = (uint32_t)mote_load(input, p->input_dtype, i);
        const int32_t scaled = mote_requantize_s32((int32_t)(value - (uint32_t)p->input_zero_point),
                                                   range->multiplier, range->shift);
        const int32_t moved = (int32_t)((uint32_t)scaled + (uint32_t)range->zero_point);
        mote_store(output, p->output_dtype, i,
                   mote_clamp_s32(moved, range->activation_min, range->activation_max));
    }
}

#endif
