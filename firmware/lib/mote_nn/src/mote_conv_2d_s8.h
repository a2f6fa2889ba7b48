/*
 * 2-D convolution, int8, NHWC. Called with constant parameters it compiles to a kernel for them.
 */
#ifndef MOTE_CONV_2D_S8_H
#define MOTE_CONV_2D_S8_H

#include <stdint.h>

#include "mote_dot_s8.h"
#include "mote_window.h"

typedef struct {
    int32_t batches;
    mote_window_t window;
    int32_t input_channels;
    int32_t output_channels;
    int32_t input_zero_point; /* subtracted from the input; 0 when the bias contains its effect */
    mote_output_t output;
} mote_conv_2d_s8_t;

/* Sum of one output channel at (y, x); `image` and `filter` are [height, width, channels]. */
MOTE_INLINE int32_t mote_conv_2d_sum_s8(const mote_conv_2d_s8_t *p, int32_t y, int32_t x,
                                        mote_taps_t rows, mote_taps_t columns, int32_t sum,
                                        const int8_t *image, const int8_t *filter) {
    const int32_t depth = p->input_channels;
    for (int32_t row = rows.first; row < rows.end; ++row) {
        for (int32_t column = columns.first; column < columns.end; ++column) {
            const int32_t pixel = mote_window_pixel(&p->window, y, x, row, column);
            const int32_t tap = row * p->window.filter_width + column;
            sum = mote_dot_s8(sum, image + pixel * depth, p->input_zero_point, filter + tap * depth,
                              depth);
        }
    }
    return sum;
}

/* Sums of four output channels; a row of taps without dilation is one run of input. */
MOTE_INLINE mote_quad_s32_t mote_conv_2d_quad_s8(const mote_conv_2d_s8_t *p, int32_t y, int32_t x,
                                                 mote_taps_t rows, mote_taps_t columns,
                                                 mote_quad_s32_t sum, const int8_t *image,
                                                 const int8_t *filter) {
    const int32_t depth = p->input_channels;
    const int32_t filter_size = p->window.filter_height * p->window.filter_width * depth;
    const int32_t run = p->window.dilation_width == 1 ? columns.end - columns.first : 1;
    for (int32_t row = rows.first; row < rows.end; ++row) {
        for (int32_t column = columns.first; column < columns.end; column += run) {
            const int32_t pixel = mote_window_pixel(&p->window, y, x, row, column);
            const int32_t tap = row * p->window.filter_width + column;
            sum = mote_dot_quad_s8(sum, image + pixel * depth, p->input_zero_point,
                                   filter + tap * depth, filter_size, run * depth);
        }
    }
    return sum;
}

/*
 * input   [batches, input_height, input_width, input_channels]
 * weights [output_channels, filter_height, filter_width, input_channels]
 * bias    [output_channels]
 * output  [batches, output_height, output_width, output_channels]; must not overlap the input
 *
 * Any alignment. Accumulators must fit int32 (the code generator checks it).
 */
MOTE_INLINE void mote_conv_2d_s8(const mote_conv_2d_s8_t *p, const int8_t *input,
                                 const int8_t *weights, const int32_t *bias, int8_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t image_size = w->input_height * w->input_width * p->input_channels;
    const int32_t filter_size = w->filter_height * w->filter_width * p->input_channels;

    for (int32_t batch = 0; batch < p->batches; ++batch) {
        const int8_t *const image = input + batch * image_size;
        for (int32_t y = 0; y < w->output_height; ++y) {
            const mote_taps_t rows = mote_row_taps(w, y);
            for (int32_t x = 0; x < w->output_width; ++x) {
                const mote_taps_t columns = mote_column_taps(w, x);
                int32_t channel = 0;
                for (; channel + 4 <= p->output_channels; channel += 4) {
                    const mote_quad_s32_t sum =
                        mote_conv_2d_quad_s8(p, y, x, rows, columns, mote_quad_s32(bias + channel),
                                             image, weights + channel * filter_size);
                    mote_output_quad_s8(&p->output, sum, channel, output + channel);
                }
                for (; channel < p->output_channels; ++channel) {
                    const int32_t sum = mote_conv_2d_sum_s8(p, y, x, rows, columns, bias[channel],
                                                            image, weights + channel * filter_size);
                    output[channel] = mote_output_s8(&p->output, sum, channel);
                }
                output += p->output_channels;
            }
        }
    }
}

#endif
