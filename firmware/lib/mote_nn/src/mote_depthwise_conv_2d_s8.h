/*
 * Depthwise 2-D convolution, int8, NHWC: output channel c reads input channel
 * c / depth_multiplier. Called with constant parameters it compiles to a kernel for them.
 */
#ifndef MOTE_DEPTHWISE_CONV_2D_S8_H
#define MOTE_DEPTHWISE_CONV_2D_S8_H

#include <stdint.h>

#include "mote_dot_s8.h"
#include "mote_window.h"

typedef struct {
    int32_t batches;
    mote_window_t window;
    int32_t input_channels;
    int32_t depth_multiplier; /* output channels = input_channels * depth_multiplier */
    int32_t input_zero_point; /* subtracted from the input; 0 when the bias contains its effect */
    mote_output_t output;
} mote_depthwise_conv_2d_s8_t;

/* Sum of one output channel at (y, x). */
MOTE_INLINE int32_t mote_depthwise_sum_s8(const mote_depthwise_conv_2d_s8_t *p, int32_t y,
                                          int32_t x, mote_taps_t rows, mote_taps_t columns,
                                          int32_t sum, const int8_t *image, const int8_t *weights) {
    const int32_t depth = p->input_channels;
    const int32_t channels = depth * p->depth_multiplier;
    for (int32_t row = rows.first; row < rows.end; ++row) {
        for (int32_t column = columns.first; column < columns.end; ++column) {
            const int32_t pixel = mote_window_pixel(&p->window, y, x, row, column);
            const int32_t tap = row * p->window.filter_width + column;
            sum += (image[pixel * depth] - p->input_zero_point) * weights[tap * channels];
        }
    }
    return sum;
}

/*
 * Sums of four output channels, which read four neighbouring input channels (depth_multiplier 1)
 * or all the same one (a multiple of 4).
 */
MOTE_INLINE mote_quad_s32_t mote_depthwise_quad_s8(const mote_depthwise_conv_2d_s8_t *p, int32_t y,
                                                   int32_t x, mote_taps_t rows, mote_taps_t columns,
                                                   mote_quad_s32_t sum, const int8_t *image,
                                                   const int8_t *weights) {
    const int32_t depth = p->input_channels;
    const int32_t channels = depth * p->depth_multiplier;
    const int32_t next = p->depth_multiplier == 1 ? 1 : 0;
    for (int32_t row = rows.first; row < rows.end; ++row) {
        const int32_t pixel = mote_window_pixel(&p->window, y, x, row, columns.first);
        const int32_t tap = row * p->window.filter_width + columns.first;
        const int8_t *value = image + pixel * depth;
        const int8_t *weight = weights + tap * channels;
        for (int32_t column = columns.first; column < columns.end; ++column) {
            sum.a += (value[0] - p->input_zero_point) * weight[0];
            sum.b += (value[next] - p->input_zero_point) * weight[1];
            sum.c += (value[2 * next] - p->input_zero_point) * weight[2];
            sum.d += (value[3 * next] - p->input_zero_point) * weight[3];
            value += p->window.dilation_width * depth;
            weight += channels;
        }
    }
    return sum;
}

/*
 * input   [batches, input_height, input_width, input_channels]
 * weights [filter_height, filter_width, input_channels * depth_multiplier]
 * bias    [input_channels * depth_multiplier]
 * output  [batches, output_height, output_width, input_channels * depth_multiplier]; must not
 *         overlap the input
 *
 * Any alignment. Accumulators must fit int32 (the code generator checks it).
 */
MOTE_INLINE void mote_depthwise_conv_2d_s8(const mote_depthwise_conv_2d_s8_t *p,
                                           const int8_t *input, const int8_t *weights,
                                           const int32_t *bias, int8_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t image_size = w->input_height * w->input_width * p->input_channels;
    const int32_t channels = p->input_channels * p->depth_multiplier;
    const int32_t in_quads =
        p->depth_multiplier == 1 || p->depth_multiplier % 4 == 0 ? channels - channels % 4 : 0;

    for (int32_t batch = 0; batch < p->batches; ++batch) {
        const int8_t *const image = input + batch * image_size;
        for (int32_t y = 0; y < w->output_height; ++y) {
            const mote_taps_t rows = mote_row_taps(w, y);
            for (int32_t x = 0; x < w->output_width; ++x) {
                const mote_taps_t columns = mote_column_taps(w, x);
                int32_t channel = 0;
                for (; channel < in_quads; channel += 4) {
                    const mote_quad_s32_t sum = mote_depthwise_quad_s8(
                        p, y, x, rows, columns, mote_quad_s32(bias + channel),
                        image + channel / p->depth_multiplier, weights + channel);
                    mote_output_quad_s8(&p->output, sum, channel, output + channel);
                }
                for (; channel < channels; ++channel) {
                    const int32_t sum = mote_depthwise_sum_s8(p, y, x, rows, columns, bias[channel],
                                                              image + channel / p->depth_multiplier,
                                                              weights + channel);
                    output[channel] = mote_output_s8(&p->output, sum, channel);
                }
                output += channels;
            }
        }
    }
}

#endif
