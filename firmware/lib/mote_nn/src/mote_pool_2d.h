/*
 * What average and maximum pooling of any element type share.
 */
#ifndef MOTE_POOL_2D_H
#define MOTE_POOL_2D_H

#include <stdint.h>

#include "mote_window.h"

typedef struct {
    int32_t batches;
    mote_window_t window; /* dilations are 1; at least one tap of each output is inside */
    int32_t channels;
    int32_t activation_min; /* in the element's range, activation_min <= activation_max */
    int32_t activation_max;
} mote_pool_2d_t;

typedef enum { MOTE_POOL_AVERAGE, MOTE_POOL_MAXIMUM } mote_pool_t;

/* sum / count, rounded to the nearest, halves away from zero; count >= 1. */
MOTE_INLINE int32_t mote_rounding_divide_s32(int32_t sum, int32_t count) {
    const int32_t half = count / 2;
    return (sum > 0 ? sum + half : sum - half) / count;
}

/* Clamps a value between `lowest` and `highest`, the element's range, to the activation's. */
MOTE_INLINE int32_t mote_pool_clamp(const mote_pool_2d_t *p, int32_t value, int32_t lowest,
                                    int32_t highest) {
    if (p->activation_min > lowest) {
        value = value < p->activation_min ? p->activation_min : value;
    }
    if (p->activation_max < highest) {
        value = value > p->activation_max ? p->activation_max : value;
    }
    return value;
}

#endif
