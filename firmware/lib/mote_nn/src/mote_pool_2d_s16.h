/*
 * Average and maximum pooling, int16, NHWC: as mote_pool_2d_s8.h.
 */
#ifndef MOTE_POOL_2D_S16_H
#define MOTE_POOL_2D_S16_H

#include <stdint.h>

#include "mote_pool_2d.h"

typedef mote_pool_2d_t mote_pool_2d_s16_t;

/* One channel of one output pixel; `input` is its first tap inside. Sums must fit int32. */
MOTE_INLINE int16_t mote_pool_element_s16(const mote_pool_2d_t *p, mote_pool_t pool, int32_t rows,
                                          int32_t columns, const int16_t *input) {
    int32_t value = pool == MOTE_POOL_AVERAGE ? 0 : INT16_MIN;
    for (int32_t row = 0; row < rows; ++row) {
        for (int32_t column = 0; column < columns; ++column) {
            const int32_t tap = input[(row * p->window.input_width + column) * p->channels];
            if (pool == MOTE_POOL_AVERAGE) {
                value += tap;
            } else {
                value = tap > value ? tap : value;
            }
        }
    }
    if (pool == MOTE_POOL_AVERAGE) {
        value = mote_rounding_divide_s32(value, rows * columns);
    }
    return (int16_t)mote_pool_clamp(p, value, INT16_MIN, INT16_MAX);
}

/* Layouts as mote_pool_2d_s8, alignment of int16. */
MOTE_INLINE void mote_pool_2d_s16(const mote_pool_2d_t *p, mote_pool_t pool, const int16_t *input,
                                  int16_t *output) {
    const mote_window_t *const w = &p->window;
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        for (int32_t y = 0; y < w->output_height; ++y) {
            const mote_taps_t rows = mote_row_taps(w, y);
            for (int32_t x = 0; x < w->output_width; ++x) {
                const mote_taps_t columns = mote_column_taps(w, x);
                const int32_t pixel = mote_window_pixel(w, y, x, rows.first, columns.first);
                for (int32_t channel = 0; channel < p->channels; ++channel) {
                    *output++ = mote_pool_element_s16(p, pool, rows.end - rows.first,
                                                      columns.end - columns.first,
                                                      input + pixel * p->channels + channel);
                }
            }
        }
        input += w->input_height * w->input_width * p->channels;
    }
}

MOTE_INLINE void mote_average_pool_2d_s16(const mote_pool_2d_t *p, const int16_t *input,
                                          int16_t *output) {
    mote_pool_2d_s16(p, MOTE_POOL_AVERAGE, input, output);
}

MOTE_INLINE void mote_max_pool_2d_s16(const mote_pool_2d_t *p, const int16_t *input,
                                      int16_t *output) {
    mote_pool_2d_s16(p, MOTE_POOL_MAXIMUM, input, output);
}

#endif
