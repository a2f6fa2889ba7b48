/*
 * 2-D convolution, int16 with int8 weights, NHWC; input channels may fall into groups. Called with
 * constant parameters it compiles to a kernel for them.
 */
#ifndef MOTE_CONV_2D_S16_H
#define MOTE_CONV_2D_S16_H

#include <stdint.h>

#include "mote_output_s16.h"
#include "mote_window.h"

typedef struct {
    int32_t batches;
    mote_window_t window;
    int32_t input_channels; /* groups * the channels that a filter reads */
    int32_t output_channels;
    int32_t groups;
    mote_output_s16_t output;
} mote_conv_2d_s16_t;

/*
 * The `rows` (4 or 1) output channels whose filters begin at `filter`, at (y, x). `image` begins at
 * the group's first channel. A row of taps without gaps is one run of input.
 */
MOTE_INLINE void mote_conv_2d_channels_s16(const mote_conv_2d_s16_t *p, int32_t rows, int32_t y,
                                           int32_t x, mote_taps_t row_taps, mote_taps_t column_taps,
                                           const int16_t *image, const int8_t *filter,
                                           const int32_t *channels, int16_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t depth = p->input_channels / p->groups;
    const int32_t filter_size = w->filter_height * w->filter_width * depth;
    const int32_t is_dense = w->dilation_width == 1 && p->groups == 1;
    const int32_t step = is_dense ? column_taps.end - column_taps.first : 1;
    mote_sums_s16_t sums = {{0, 0, 0, 0}, {0, 0, 0, 0}};
    for (int32_t row = row_taps.first; row < row_taps.end; ++row) {
        for (int32_t column = column_taps.first; column < column_taps.end; column += step) {
            const int32_t pixel = mote_window_pixel(w, y, x, row, column);
            const int32_t tap = row * w->filter_width + column;
            mote_add_products_s16(&p->output, &sums, rows, image + pixel * p->input_channels,
                                  filter + tap * depth, filter_size, step * depth);
        }
    }
    mote_output_sums_s16(&p->output, &sums, rows, channels, output);
}

/*
 * input    [batches, input_height, input_width, input_channels]
 * weights  [output_channels, filter_height, filter_width, input_channels / groups]
 * channels [output_channels][MOTE_CHANNEL_WORDS]
 * output   [batches, output_height, output_width, output_channels]; may overlap
 *          the input as far as the code generator plans it
 */
MOTE_INLINE void mote_conv_2d_s16(const mote_conv_2d_s16_t *p, const int16_t *input,
                                  const int8_t *weights, const int32_t *channels, int16_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t image_size = w->input_height * w->input_width * p->input_channels;
    const int32_t depth = p->input_channels / p->groups;
    const int32_t filter_size = w->filter_height * w->filter_width * depth;
    const int32_t group_size = p->output_channels / p->groups;

    for (int32_t batch = 0; batch < p->batches; ++batch) {
        for (int32_t y = 0; y < w->output_height; ++y) {
            const mote_taps_t rows = mote_row_taps(w, y);
            for (int32_t x = 0; x < w->output_width; ++x) {
                const mote_taps_t columns = mote_column_taps(w, x);
                const int8_t *filter = weights;
                const int32_t *channel = channels;
                for (int32_t group = 0; group < p->groups; ++group) {
                    const int16_t *const image = input + batch * image_size + group * depth;
                    for (int32_t four = 0; four < group_size / 4; ++four) {
                        mote_conv_2d_channels_s16(p, 4, y, x, rows, columns, image, filter, channel,
                                                  output);
                        filter += 4 * filter_size;
                        channel += 4 * MOTE_CHANNEL_WORDS;
                        output += 4;
                    }
                    for (int32_t one = 0; one < group_size % 4; ++one) {
                        mote_conv_2d_channels_s16(p, 1, y, x, rows, columns, image, filter, channel,
                                                  output);
                        filter += filter_size;
                        channel += MOTE_CHANNEL_WORDS;
                        output += 1;
                    }
                }
            }
        }
    }
}

#endif
