/*
 * Transposed 2-D convolution, int16 with int8 weights, NHWC. Called with constant parameters it
 * compiles to a kernel for them.
 */
#ifndef MOTE_TRANSPOSE_CONV_S16_H
#define MOTE_TRANSPOSE_CONV_S16_H

#include <stdint.h>

#include "mote_output_s16.h"
#include "mote_transpose_window.h"

typedef struct {
    int32_t batches;
    mote_window_t window; /* dilations are 1 */
    int32_t input_channels;
    int32_t output_channels;
    mote_output_s16_t output;
} mote_transpose_conv_s16_t;

/* The `rows` (4 or 1) output channels whose filters begin at `filter`, at (y, x). */
MOTE_INLINE void mote_transpose_channels_s16(const mote_transpose_conv_s16_t *p, int32_t rows,
                                             int32_t y, int32_t x, mote_taps_t row_taps,
                                             mote_taps_t column_taps, const int16_t *image,
                                             const int8_t *filter, const int32_t *channels,
                                             int16_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t depth = p->input_channels;
    const int32_t filter_size = w->filter_height * w->filter_width * depth;
    mote_sums_s16_t sums = {{0, 0, 0, 0}, {0, 0, 0, 0}};
    for (int32_t row = row_taps.first; row < row_taps.end; row += w->stride_height) {
        for (int32_t column = column_taps.first; column < column_taps.end;
             column += w->stride_width) {
            const int32_t pixel = mote_transpose_pixel(w, y, x, row, column);
            const int32_t tap = row * w->filter_width + column;
            mote_add_products_s16(&p->output, &sums, rows, image + pixel * depth,
                                  filter + tap * depth, filter_size, depth);
        }
    }
    mote_output_sums_s16(&p->output, &sums, rows, channels, output);
}

/*
 * input    [batches, input_height, input_width, input_channels]
 * weights  [output_channels, filter_height, filter_width, input_channels]
 * channels [output_channels][MOTE_CHANNEL_WORDS]
 * output   [batches, output_height, output_width, output_channels]; must not overlap the input
 */
MOTE_INLINE void mote_transpose_conv_s16(const mote_transpose_conv_s16_t *p, const int16_t *input,
                                         const int8_t *weights, const int32_t *channels,
                                         int16_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t image_size = w->input_height * w->input_width * p->input_channels;
    const int32_t filter_size = w->filter_height * w->filter_width * p->input_channels;

    for (int32_t batch = 0; batch < p->batches; ++batch) {
        const int16_t *const image = input + batch * image_size;
        for (int32_t y = 0; y < w->output_height; ++y) {
            const mote_taps_t rows = mote_transpose_row_taps(w, y);
            for (int32_t x = 0; x < w->output_width; ++x) {
                const mote_taps_t columns = mote_transpose_column_taps(w, x);
                const int8_t *filter = weights;
                const int32_t *channel = channels;
                for (int32_t four = 0; four < p->output_channels / 4; ++four) {
                    mote_transpose_channels_s16(p, 4, y, x, rows, columns, image, filter, channel,
                                                output);
                    filter += 4 * filter_size;
                    channel += 4 * MOTE_CHANNEL_WORDS;
                    output += 4;
                }
                for (int32_t one = 0; one < p->output_channels % 4; ++one) {
                    mote_transpose_channels_s16(p, 1, y, x, rows, columns, image, filter, channel,
                                                output);
                    filter += filter_size;
                    channel += MOTE_CHANNEL_WORDS;
                    output += 1;
                }
            }
        }
    }
}

#endif
