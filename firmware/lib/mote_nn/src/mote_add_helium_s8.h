/*
 * Elementwise sum of two int8 tensors with their own scales, for Helium. Called with constant
 * parameters it compiles to a kernel for them.
 */
#ifndef MOTE_ADD_HELIUM_S8_H
#define MOTE_ADD_HELIUM_S8_H

#include "mote_requantize_helium.h"

/* An input: (value - zero_point) * 2^left_shift is rescaled to the scale of the sum. */
typedef struct {
    int32_t zero_point;
    int32_t multiplier;
    int32_t shift; /* in [-31, 0] */
} mote_addend_helium_t;

typedef struct {
    int32_t n_elements;
    int32_t left_shift; /* at most 22 */
    mote_addend_helium_t first;
    mote_addend_helium_t second;
    int32_t multiplier;
    int32_t shift; /* in [-31, 31] */
    mote_output_helium_t output;
} mote_add_helium_s8_t;

MOTE_INLINE int32x4_t mote_addend_s8x4(const mote_add_helium_s8_t *p,
                                       const mote_addend_helium_t *addend, int32x4_t values) {
    const mote_output_helium_t exact = {.activation_min = -128, .general = addend->shift >= 0};
    const int32x4_t moved = vsubq_n_s32(values, addend->zero_point);
    return mote_requantize_n_s32x4(&exact, vshlq_r_s32(moved, p->left_shift), addend->multiplier,
                                   addend->shift);
}

/* All of n_elements; the output may be one of the inputs. Any alignment. */
MOTE_INLINE void mote_add_helium_s8(const mote_add_helium_s8_t *p, const int8_t *first,
                                    const int8_t *second, int8_t *output) {
    for (int32_t i = 0; i < p->n_elements; i += 4) {
        const mve_pred16_t inside = vctp32q((uint32_t)(p->n_elements - i));
        const bool whole = p->n_elements % 4 == 0;
        const int32x4_t a = whole ? vldrbq_s32(first + i) : vldrbq_z_s32(first + i, inside);
        const int32x4_t b = whole ? vldrbq_s32(second + i) : vldrbq_z_s32(second + i, inside);
        const int32x4_t sums =
            vaddq_s32(mote_addend_s8x4(p, &p->first, a), mote_addend_s8x4(p, &p->second, b));
        const int32x4_t values = mote_clamp_s32x4(
            &p->output, mote_requantize_n_s32x4(&p->output, sums, p->multiplier, p->shift));
        if (whole) {
            vstrbq_s32(output + i, values);
        } else {
            vstrbq_p_s32(output + i, values, inside);
        }
    }
}

#endif
