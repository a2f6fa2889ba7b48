/*
 * Fixed-point rescaling of four accumulators at once: the vector twin of mote_requantize.h.
 *
 * The rule is the double rounding of TensorFlow Lite Micro's reference kernels: the product rounds
 * halves up (VQRDMULH), the shift rounds halves away from zero (VRSHL, with negative numbers
 * lowered by one first).
 */
#ifndef MOTE_REQUANTIZE_HELIUM_H
#define MOTE_REQUANTIZE_HELIUM_H

#include <arm_mve.h>
#include <stdbool.h>
#include <stdint.h>

#include "mote_requantize.h"

/* From int32 accumulators to int8 output; the factors stand in the stream of weights. */
typedef struct {
    int32_t zero_point;     /* in [-128, 127] */
    int32_t activation_min; /* -128 <= activation_min <= activation_max <= 127 */
    int32_t activation_max;
    int32_t general; /* 0: all shifts are in [-31, -1]; 1: in [-31, 31] */
} mote_output_helium_t;

/* A lane per argument. */
MOTE_INLINE int32x4_t mote_join_s32x4(int32_t a, int32_t b, int32_t c, int32_t d) {
    int32x4_t joined;
    __asm__("vmov %e0, %1, %2\n\t"
            "vmov %f0, %3, %4"
            : "=&w"(joined)
            : "r"(a), "r"(b), "r"(c), "r"(d));
    return joined;
}

/*
 * Whether the fix for negative halves can be left out: results below zero then end as
 * activation_min in any case.
 */
MOTE_INLINE bool mote_clamps_negatives(const mote_output_helium_t *output) {
    return output->activation_min >= output->zero_point;
}

/* values * multipliers * 2^(shifts - 31), lane by lane, for `output`; multipliers >= 0. */
MOTE_INLINE int32x4_t mote_requantize_s32x4(const mote_output_helium_t *output, int32x4_t values,
                                            int32x4_t multipliers, int32x4_t shifts) {
    if (output->general) {
        const int32x4_t left = vmaxq_s32(shifts, vdupq_n_s32(0));
        const int32x4_t right = vminq_s32(shifts, vdupq_n_s32(0));
        const int32x4_t product = vqrdmulhq_s32(vshlq_s32(values, left), multipliers);
        const int32x4_t lower = vshrq_n_s32(vandq_s32(product, right), 31);
        return vrshlq_s32(vaddq_s32(product, lower), right);
    }
    const int32x4_t product = vqrdmulhq_s32(values, multipliers);
    if (mote_clamps_negatives(output)) {
        return vrshlq_s32(product, shifts);
    }
    return vrshlq_s32(vaddq_s32(product, vshrq_n_s32(product, 31)), shifts);
}

/* The same with one factor for all lanes. */
MOTE_INLINE int32x4_t mote_requantize_n_s32x4(const mote_output_helium_t *output, int32x4_t values,
                                              int32_t multiplier, int32_t shift) {
    if (output->general) {
        return mote_requantize_s32x4(output, values, vdupq_n_s32(multiplier), vdupq_n_s32(shift));
    }
    if (mote_clamps_negatives(output)) {
        return vrshlq_n_s32(vqrdmulhq_n_s32(values, multiplier), shift);
    }
    /* A value below zero whose product rounds to zero is lowered too: its shift brings it back. */
    const int32x4_t lower = vshrq_n_s32(values, 31);
    return vrshlq_n_s32(vqrdmlahq_n_s32(lower, values, multiplier), shift);
}

/* Rescaled values to the output's range: int8 in the low byte of each lane. */
MOTE_INLINE int32x4_t mote_clamp_s32x4(const mote_output_helium_t *output, int32x4_t values) {
    const int32x4_t moved = vaddq_n_s32(values, output->zero_point);
    const int32x4_t raised = vmaxq_s32(moved, vdupq_n_s32(output->activation_min));
    return vminq_s32(raised, vdupq_n_s32(output->activation_max));
}

#endif
