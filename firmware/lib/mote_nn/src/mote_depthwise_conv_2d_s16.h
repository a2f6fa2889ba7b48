/*
 * Depthwise 2-D convolution, int16 with int8 weights, NHWC: output channel c reads input channel
 * c / depth_multiplier. Called with constant parameters it compiles to a kernel for them.
 */
#ifndef MOTE_DEPTHWISE_CONV_2D_S16_H
#define MOTE_DEPTHWISE_CONV_2D_S16_H

#include <stdint.h>

#include "mote_output_s16.h"
#include "mote_window.h"

typedef struct {
    int32_t batches;
    mote_window_t window;
    int32_t input_channels;
    int32_t depth_multiplier; /* output channels = input_channels * depth_multiplier */
    mote_output_s16_t output;
} mote_depthwise_conv_2d_s16_t;

/* Sum of one output channel at (y, x); `image` and `weights` begin at its channel. */
MOTE_INLINE int64_t mote_depthwise_sum_s16(const mote_depthwise_conv_2d_s16_t *p, int32_t y,
                                           int32_t x, mote_taps_t rows, mote_taps_t columns,
                                           const int16_t *image, const int8_t *weights) {
    const int32_t channels = p->input_channels * p->depth_multiplier;
    int64_t sum = 0;
    for (int32_t row = rows.first; row < rows.end; ++row) {
        for (int32_t column = columns.first; column < columns.end; ++column) {
            const int32_t pixel = mote_window_pixel(&p->window, y, x, row, column);
            const int32_t tap = row * p->window.filter_width + column;
            sum += image[pixel * p->input_channels] * weights[tap * channels];
        }
    }
    return sum;
}

/*
 * input    [batches, input_height, input_width, input_channels]
 * weights  [filter_height, filter_width, input_channels * depth_multiplier]
 * channels [input_channels * depth_multiplier][MOTE_CHANNEL_WORDS]
 * output   [batches, output_height, output_width, input_channels * depth_multiplier]; may overlap
 *          the input as far as the code generator plans it
 */
MOTE_INLINE void mote_depthwise_conv_2d_s16(const mote_depthwise_conv_2d_s16_t *p,
                                            const int16_t *input, const int8_t *weights,
                                            const int32_t *channels, int16_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t image_size = w->input_height * w->input_width * p->input_channels;

    for (int32_t batch = 0; batch < p->batches; ++batch) {
        const int16_t *const image = input + batch * image_size;
        for (int32_t y = 0; y < w->output_height; ++y) {
            const mote_taps_t rows = mote_row_taps(w, y);
            for (int32_t x = 0; x < w->output_width; ++x) {
                const mote_taps_t columns = mote_column_taps(w, x);
                for (int32_t c = 0; c < p->input_channels * p->depth_multiplier; ++c) {
                    const int64_t sum = mote_depthwise_sum_s16(
                        p, y, x, rows, columns, image + c / p->depth_multiplier, weights + c);
                    *output++ = mote_output_s16(&p->output, sum, channels + c * MOTE_CHANNEL_WORDS);
                }
            }
        }
    }
}

#endif
