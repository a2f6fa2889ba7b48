/*
 * Transposed 2-D convolution, int8, NHWC. Called with constant parameters it compiles to a kernel
 * for them.
 */
#ifndef MOTE_TRANSPOSE_CONV_S8_H
#define MOTE_TRANSPOSE_CONV_S8_H

#include <stdint.h>

#include "mote_transpose_window.h"

typedef struct {
    int32_t batches;
    mote_window_t window; /* dilations are 1 */
    int32_t input_channels;
    int32_t output_channels;
    int32_t input_zero_point;
    int32_t output_zero_point;
    int32_t activation_min; /* -128 <= activation_min <= activation_max <= 127 */
    int32_t activation_max;
} mote_transpose_conv_s8_t;

/* Sum of one output channel at (y, x); `image` and `filter` are [height, width, channels]. */
MOTE_INLINE int32_t mote_transpose_conv_sum_s8(const mote_transpose_conv_s8_t *p, int32_t y,
                                               int32_t x, int32_t bias, const int8_t *image,
                                               const int8_t *filter) {
    const mote_window_t *const w = &p->window;
    const mote_taps_t rows = mote_transpose_row_taps(w, y);
    const mote_taps_t columns = mote_transpose_column_taps(w, x);
    int32_t sum = bias;
    for (int32_t row = rows.first; row < rows.end; row += w->stride_height) {
        for (int32_t column = columns.first; column < columns.end; column += w->stride_width) {
            const int8_t *const values =
                image + mote_transpose_pixel(w, y, x, row, column) * p->input_channels;
            const int8_t *const weights =
                filter + (row * w->filter_width + column) * p->input_channels;
            for (int32_t i = 0; i < p->input_channels; ++i) {
                sum += (values[i] - p->input_zero_point) * weights[i];
            }
        }
    }
    return sum;
}

/*
 * input    [batches, input_height, input_width, input_channels]
 * weights  [output_channels, filter_height, filter_width, input_channels]
 * channels [output_channels][3]: bias, multiplier, shift
 * output   [batches, output_height, output_width, output_channels]; must not overlap the input
 *
 * Any alignment. Accumulators must fit int32 (the code generator checks it).
 */
MOTE_INLINE void mote_transpose_conv_s8(const mote_transpose_conv_s8_t *p, const int8_t *input,
                                        const int8_t *weights, const int32_t *channels,
                                        int8_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t image_size = w->input_height * w->input_width * p->input_channels;
    const int32_t filter_size = w->filter_height * w->filter_width * p->input_channels;

    for (int32_t batch = 0; batch < p->batches; ++batch) {
        for (int32_t y = 0; y < w->output_height; ++y) {
            for (int32_t x = 0; x < w->output_width; ++x) {
                for (int32_t c = 0; c < p->output_channels; ++c) {
                    const int32_t *const channel = channels + 3 * c;
                    const int32_t sum = mote_transpose_conv_sum_s8(
                        p, y, x, channel[0], input + batch * image_size, weights + c * filter_size);
                    const int32_t scaled = mote_requantize_s32(sum, channel[1], channel[2]);
                    *output++ = mote_clamp_s8(scaled + p->output_zero_point, p->activation_min,
                                              p->activation_max);
                }
            }
        }
    }
}

#endif
