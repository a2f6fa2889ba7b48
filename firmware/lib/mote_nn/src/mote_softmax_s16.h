/*
 * Softmax of int16 to int16 (scale 2^-15), with exp and 1 / (1 + x) interpolated in tables.
 */
#ifndef MOTE_SOFTMAX_S16_H
#define MOTE_SOFTMAX_S16_H

#include "mote_elementwise.h"

typedef struct {
    int32_t rows;
    int32_t depth;      /* at least 1, below 65536 */
    int32_t multiplier; /* brings input differences to steps of 10 / 65535 */
    int32_t shift;
} mote_softmax_s16_t;

/* A function at `x` in [-32768, 32767]: 512 steps of 128, their slope from the step's ends. */
MOTE_INLINE int32_t mote_interpolate_s16(const int16_t table[513], int32_t x) {
    const int32_t step = 256 + (x >> 7);
    const int32_t slope = (int16_t)(table[step + 1] - table[step]);
    return table[step] + ((slope * (x & 0x7F) + 64) >> 7);
}

/*
 * input and output [rows, depth]; the output may be the input.
 *
 * exp        exp over [-10, 0] in Q0.15
 * reciprocal 1 / (1 + x) over [0, 1] in Q0.15
 */
MOTE_INLINE void mote_softmax_s16(const mote_softmax_s16_t *p, const int16_t *input,
                                  const int16_t exp[513], const int16_t reciprocal[513],
                                  int16_t *output) {
    for (int32_t row = 0; row < p->rows; ++row) {
        int32_t maximum = INT16_MIN;
        for (int32_t i = 0; i < p->depth; ++i) {
            maximum = input[i] > maximum ? input[i] : maximum;
        }
        int32_t sum = 0; /* Q16.15 */
        for (int32_t i = 0; i < p->depth; ++i) {
            const int32_t scaled = mote_requantize_s32(input[i] - maximum, p->multiplier, p->shift);
            const int32_t centred = (int32_t)((uint32_t)scaled + INT16_MAX);
            const int32_t power =
                mote_interpolate_s16(exp, mote_clamp_s32(centred, INT16_MIN, INT16_MAX));
            output[i] = (int16_t)power;
            sum += power;
        }

        /* sum = (1 + x) * 2^(16 - headroom); x in [0, 1] is centred for the table */
        const int32_t headroom = __builtin_clz((uint32_t)sum);
        const int32_t one_plus = (int32_t)((((uint32_t)sum << (headroom - 1)) + (1u << 13)) >> 14);
        const int32_t x = mote_clamp_s32(one_plus - (3 << 15), INT16_MIN, INT16_MAX);
        const int32_t scale = mote_interpolate_s16(reciprocal, x);

        const int32_t right_shift = 31 - headroom;
        const int32_t half = right_shift > 0 ? 1 << (right_shift - 1) : 0;
        for (int32_t i = 0; i < p->depth; ++i) {
            const int32_t share = (int32_t)(((int64_t)output[i] * scale + half) >> right_shift);
            output[i] = (int16_t)mote_clamp_s32(share, 0, INT16_MAX);
        }
        input += p->depth;
        output += p->depth;
    }
}

#endif
