/*
 * Between float32 outside of a model and integers inside.
 */
#ifndef MOTE_BORDER_F32_H
#define MOTE_BORDER_F32_H

#include "mote_elementwise.h"

typedef struct {
    int32_t n_elements;
    mote_dtype_t dtype; /* of the integers: int8, uint8 or int16 */
    float scale;        /* above 0 */
    int32_t zero_point;
} mote_border_f32_t;

/* round(value), halves away from zero; |value| < 2^24. */
MOTE_INLINE int32_t mote_round_f32(float value) {
    const int32_t whole = (int32_t)value;
    const float rest = value - (float)whole;
    return whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0);
}

/*
 * output = round(input / scale) + zero_point, saturated; not a number becomes the lowest value.
 * The output may begin at the input. int8 or int16.
 */
MOTE_INLINE void mote_quantize_f32(const mote_border_f32_t *p, const void *input, void *output) {
    const int32_t low = p->dtype == MOTE_S8 ? INT8_MIN : INT16_MIN;
    const int32_t high = p->dtype == MOTE_S8 ? INT8_MAX : INT16_MAX;
    const float lowest = (float)(low - p->zero_point);
    const float highest = (float)(high - p->zero_point);
    for (int32_t i = 0; i < p->n_elements; ++i) {
        const float quotient = ((const mote_any_f32_t *)input)[i] / p->scale;
        const float raised = quotient > lowest ? quotient : lowest;
        const float clamped = raised < highest ? raised : highest;
        mote_store(output, p->dtype, i, mote_round_f32(clamped) + p->zero_point);
    }
}

/*
 * output = scale * (input - zero_point). The output may begin before the input by as much as it is
 * larger but for one element.
 */
MOTE_INLINE void mote_dequantize_f32(const mote_border_f32_t *p, const void *input, void *output) {
    for (int32_t i = 0; i < p->n_elements; ++i) {
        const int32_t difference = mote_load(input, p->dtype, i) - p->zero_point;
        ((mote_any_f32_t *)output)[i] = p->scale * (float)difference;
    }
}

#endif
