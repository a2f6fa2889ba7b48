/*
 * Bilinear interpolation of int8 images, NHWC, with 10 fractional bits.
 */
#ifndef MOTE_RESIZE_BILINEAR_S8_H
#define MOTE_RESIZE_BILINEAR_S8_H

#include <stdint.h>

#include "mote_requantize.h"

#define MOTE_RESIZE_ONE 1024

/* Output index i reads the input at (i * step + start) / MOTE_RESIZE_ONE. */
typedef struct {
    int32_t input_size;
    int32_t output_size;
    int32_t step;  /* at least 0 */
    int32_t start; /* at least -MOTE_RESIZE_ONE / 2 */
} mote_resize_axis_t;

typedef struct {
    int32_t batches;
    int32_t channels;
    mote_resize_axis_t rows;
    mote_resize_axis_t columns;
} mote_resize_bilinear_s8_t;

/* The two input indices around a place, and how far it is from the first to the second. */
typedef struct {
    int32_t first;
    int32_t second;
    int32_t fraction; /* before the first index it is negative, and the indices are equal */
} mote_resize_place_t;

MOTE_INLINE mote_resize_place_t mote_resize_place(const mote_resize_axis_t *axis, int32_t index) {
    const int32_t at = index * axis->step + axis->start;
    const int32_t first = at < 0 ? 0 : at / MOTE_RESIZE_ONE;
    const int32_t above = (at + MOTE_RESIZE_ONE - 1) / MOTE_RESIZE_ONE;
    const int32_t last = axis->input_size - 1;
    return (mote_resize_place_t){first, above < last ? above : last, at - first * MOTE_RESIZE_ONE};
}

/*
 * input  [batches, rows.input_size, columns.input_size, channels]
 * output [batches, rows.output_size, columns.output_size, channels]; must not overlap the input
 *
 * The mean is rounded to the nearest, halves away from zero. Any alignment.
 */
MOTE_INLINE void mote_resize_bilinear_s8(const mote_resize_bilinear_s8_t *p, const int8_t *input,
                                         int8_t *output) {
    const int32_t row_size = p->columns.input_size * p->channels;
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        for (int32_t y = 0; y < p->rows.output_size; ++y) {
            const mote_resize_place_t row = mote_resize_place(&p->rows, y);
            const int8_t *const upper = input + row.first * row_size;
            const int8_t *const lower = input + row.second * row_size;
            for (int32_t x = 0; x < p->columns.output_size; ++x) {
                const mote_resize_place_t column = mote_resize_place(&p->columns, x);
                const int32_t left = column.first * p->channels;
                const int32_t right = column.second * p->channels;
                for (int32_t channel = 0; channel < p->channels; ++channel) {
                    const int32_t rest = MOTE_RESIZE_ONE - column.fraction;
                    const int32_t above =
                        upper[left + channel] * rest + upper[right + channel] * column.fraction;
                    const int32_t below =
                        lower[left + channel] * rest + lower[right + channel] * column.fraction;
                    const int32_t sum =
                        above * (MOTE_RESIZE_ONE - row.fraction) + below * row.fraction;
                    const int32_t one = MOTE_RESIZE_ONE * MOTE_RESIZE_ONE;
                    *output++ = (int8_t)((sum > 0 ? sum + one / 2 : sum - one / 2) / one);
                }
            }
        }
        input += p->rows.input_size * row_size;
    }
}

#endif
