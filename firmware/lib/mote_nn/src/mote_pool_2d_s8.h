/*
 * Average and maximum pooling, int8, NHWC. Padding is left out of both. Called with constant
 * parameters they compile to kernels for them.
 */
#ifndef MOTE_POOL_2D_S8_H
#define MOTE_POOL_2D_S8_H

#include <stdint.h>

#include "mote_window.h"

typedef struct {
    int32_t batches;
    mote_window_t window; /* dilations are 1; at least one tap of each output is inside */
    int32_t channels;
    int32_t activation_min; /* -128 <= activation_min <= activation_max <= 127 */
    int32_t activation_max;
} mote_pool_2d_s8_t;

/* sum / count, rounded to the nearest, halves away from zero; count >= 1. */
MOTE_INLINE int32_t mote_rounding_divide_s32(int32_t sum, int32_t count) {
    const int32_t half = count / 2;
    return (sum > 0 ? sum + half : sum - half) / count;
}

/* Average of one channel of the taps inside; `image` starts at the channel. */
MOTE_INLINE int32_t mote_average_s8(const mote_pool_2d_s8_t *p, int32_t y, int32_t x,
                                    mote_taps_t rows, mote_taps_t columns, const int8_t *image) {
    int32_t sum = 0;
    for (int32_t row = rows.first; row < rows.end; ++row) {
        for (int32_t column = columns.first; column < columns.end; ++column) {
            sum += image[mote_window_pixel(&p->window, y, x, row, column) * p->channels];
        }
    }
    return mote_rounding_divide_s32(sum, (rows.end - rows.first) * (columns.end - columns.first));
}

/* Maximum of one channel of the taps inside; `image` starts at the channel. */
MOTE_INLINE int32_t mote_maximum_s8(const mote_pool_2d_s8_t *p, int32_t y, int32_t x,
                                    mote_taps_t rows, mote_taps_t columns, const int8_t *image) {
    int32_t maximum = INT8_MIN;
    for (int32_t row = rows.first; row < rows.end; ++row) {
        for (int32_t column = columns.first; column < columns.end; ++column) {
            const int8_t value =
                image[mote_window_pixel(&p->window, y, x, row, column) * p->channels];
            maximum = value > maximum ? value : maximum;
        }
    }
    return maximum;
}

typedef int32_t (*mote_pool_s8_t)(const mote_pool_2d_s8_t *p, int32_t y, int32_t x,
                                  mote_taps_t rows, mote_taps_t columns, const int8_t *image);

/* Applies `pool` to each channel of each output position. */
MOTE_INLINE void mote_pool_2d_s8(const mote_pool_2d_s8_t *p, mote_pool_s8_t pool,
                                 const int8_t *input, int8_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t image_size = w->input_height * w->input_width * p->channels;
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        for (int32_t y = 0; y < w->output_height; ++y) {
            const mote_taps_t rows = mote_row_taps(w, y);
            for (int32_t x = 0; x < w->output_width; ++x) {
                const mote_taps_t columns = mote_column_taps(w, x);
                for (int32_t channel = 0; channel < p->channels; ++channel) {
                    const int32_t value = pool(p, y, x, rows, columns, input + channel);
                    *output++ = mote_clamp_s8(value, p->activation_min, p->activation_max);
                }
            }
        }
        input += image_size;
    }
}

/*
 * input  [batches, input_height, input_width, channels]
 * output [batches, output_height, output_width, channels]; must not overlap the input
 *
 * Any alignment.
 */
MOTE_INLINE void mote_average_pool_2d_s8(const mote_pool_2d_s8_t *p, const int8_t *input,
                                         int8_t *output) {
    mote_pool_2d_s8(p, mote_average_s8, input, output);
}

/* As mote_average_pool_2d_s8. */
MOTE_INLINE void mote_max_pool_2d_s8(const mote_pool_2d_s8_t *p, const int8_t *input,
                                     int8_t *output) {
    mote_pool_2d_s8(p, mote_maximum_s8, input, output);
}

#endif
