/*
 * mote_depthwise_conv_2d_s8 in plain C; see mote_depthwise_conv_2d_s8.h.
 *
 * filters: biases, multipliers; then as int8 weights [filter_height, filter_width, channels] and
 * shifts. Where the window is padded the biases leave out the input's zero point, which is then
 * subtracted from each element; where it is not, they contain its effect.
 */
#ifndef MOTE_DEPTHWISE_CONV_2D_S8_PORTABLE_H
#define MOTE_DEPTHWISE_CONV_2D_S8_PORTABLE_H

#include "mote_depthwise_conv_2d_s8.h"

/* Accumulators of four neighbouring output channels. */
typedef struct {
    int32_t a;
    int32_t b;
    int32_t c;
    int32_t d;
} mote_depthwise_quad_t;

/* Sum of one output channel at (y, x). */
MOTE_INLINE int32_t mote_depthwise_sum_s8(const mote_depthwise_conv_2d_s8_t *p, int32_t y,
                                          int32_t x, mote_taps_t rows, mote_taps_t columns,
                                          int32_t sum, const int8_t *image, const int8_t *weights) {
    const int32_t channels = p->input_channels * p->depth_multiplier;
    const int32_t zero_point = mote_window_is_inside(&p->window) ? 0 : p->input_zero_point;
    for (int32_t row = rows.first; row < rows.end; ++row) {
        for (int32_t column = columns.first; column < columns.end; ++column) {
            const int32_t pixel = mote_window_pixel(&p->window, y, x, row, column);
            const int32_t tap = row * p->window.filter_width + column;
            sum += (image[pixel * p->input_channels] - zero_point) * weights[tap * channels];
        }
    }
    return sum;
}

/*
 * Sums of four output channels, which read four neighbouring input channels (depth_multiplier 1)
 * or all the same one (a multiple of 4).
 */
MOTE_INLINE mote_depthwise_quad_t mote_depthwise_quad_s8(const mote_depthwise_conv_2d_s8_t *p,
                                                         int32_t y, int32_t x, mote_taps_t rows,
                                                         mote_taps_t columns, const int32_t *bias,
                                                         const int8_t *image,
                                                         const int8_t *weights) {
    const int32_t depth = p->input_channels;
    const int32_t channels = depth * p->depth_multiplier;
    const int32_t next = p->depth_multiplier == 1 ? 1 : 0;
    const int32_t zero_point = mote_window_is_inside(&p->window) ? 0 : p->input_zero_point;
    mote_depthwise_quad_t sum = {bias[0], bias[1], bias[2], bias[3]};
    for (int32_t row = rows.first; row < rows.end; ++row) {
        const int32_t pixel = mote_window_pixel(&p->window, y, x, row, columns.first);
        const int32_t tap = row * p->window.filter_width + columns.first;
        const int8_t *value = image + pixel * depth;
        const int8_t *weight = weights + tap * channels;
        for (int32_t column = columns.first; column < columns.end; ++column) {
            sum.a += (value[0] - zero_point) * weight[0];
            sum.b += (value[next] - zero_point) * weight[1];
            sum.c += (value[2 * next] - zero_point) * weight[2];
            sum.d += (value[3 * next] - zero_point) * weight[3];
            value += p->window.dilation_width * depth;
            weight += channels;
        }
    }
    return sum;
}

/* Needs no scratch. */
MOTE_INLINE void mote_depthwise_conv_2d_s8(const mote_depthwise_conv_2d_s8_t *p,
                                           const int8_t *input, const int32_t *filters,
                                           int8_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t multiplier = p->depth_multiplier;
    const int32_t channels = p->input_channels * multiplier;
    const int32_t in_quads = multiplier == 1 || multiplier % 4 == 0 ? channels - channels % 4 : 0;
    const int32_t *const biases = filters;
    const int32_t *const multipliers = biases + channels;
    const int8_t *const weights = (const int8_t *)(multipliers + channels);
    const int8_t *const shifts = weights + w->filter_height * w->filter_width * channels;

    for (int32_t batch = 0; batch < p->batches; ++batch) {
        for (int32_t y = 0; y < w->output_height; ++y) {
            const mote_taps_t rows = mote_row_taps(w, y);
            for (int32_t x = 0; x < w->output_width; ++x) {
                const mote_taps_t columns = mote_column_taps(w, x);
                int32_t channel = 0;
                for (; channel < in_quads; channel += 4) {
                    const mote_depthwise_quad_t sum =
                        mote_depthwise_quad_s8(p, y, x, rows, columns, biases + channel,
                                               input + channel / multiplier, weights + channel);
                    const int32_t sums[] = {sum.a, sum.b, sum.c, sum.d};
                    for (int32_t i = 0; i < 4; ++i) {
                        output[channel + i] = mote_depthwise_general_s8(
                            p, sums[i], multipliers[channel + i], shifts[channel + i]);
                    }
                }
                for (; channel < channels; ++channel) {
                    const int32_t sum =
                        mote_depthwise_sum_s8(p, y, x, rows, columns, biases[channel],
                                              input + channel / multiplier, weights + channel);
                    output[channel] =
                        mote_depthwise_general_s8(p, sum, multipliers[channel], shifts[channel]);
                }
                output += channels;
            }
        }
        input += w->input_height * w->input_width * p->input_channels;
    }
}

#endif
