/*
 * Fully connected layer, int16 with int8 weights. Called with constant parameters it compiles to a
 * kernel for them.
 */
#ifndef MOTE_FULLY_CONNECTED_S16_H
#define MOTE_FULLY_CONNECTED_S16_H

#include <stdint.h>

#include "mote_output_s16.h"

typedef struct {
    int32_t batches;
    int32_t input_depth;
    int32_t output_depth;
    mote_output_s16_t output;
} mote_fully_connected_s16_t;

/* The `rows` (4 or 1) outputs whose weights begin at `weights`. */
MOTE_INLINE void mote_fully_connected_channels_s16(const mote_fully_connected_s16_t *p,
                                                   int32_t rows, const int16_t *input,
                                                   const int8_t *weights, const int32_t *channels,
                                                   int16_t *output) {
    mote_sums_s16_t sums = {{0, 0, 0, 0}, {0, 0, 0, 0}};
    mote_add_products_s16(&p->output, &sums, rows, input, weights, p->input_depth, p->input_depth);
    mote_output_sums_s16(&p->output, &sums, rows, channels, output);
}

/*
 * input    [batches, input_depth]
 * weights  [output_depth, input_depth]
 * channels [output_depth][MOTE_CHANNEL_WORDS]
 * output   [batches, output_depth]; must not overlap the input
 */
MOTE_INLINE void mote_fully_connected_s16(const mote_fully_connected_s16_t *p, const int16_t *input,
                                          const int8_t *weights, const int32_t *channels,
                                          int16_t *output) {
    const int32_t depth = p->input_depth;
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        const int8_t *row = weights;
        const int32_t *channel = channels;
        for (int32_t four = 0; four < p->output_depth / 4; ++four) {
            mote_fully_connected_channels_s16(p, 4, input, row, channel, output);
            row += 4 * depth;
            channel += 4 * MOTE_CHANNEL_WORDS;
            output += 4;
        }
        for (int32_t one = 0; one < p->output_depth % 4; ++one) {
            mote_fully_connected_channels_s16(p, 1, input, row, channel, output);
            row += depth;
            channel += MOTE_CHANNEL_WORDS;
            output += 1;
        }
        input += depth;
    }
}

#endif
