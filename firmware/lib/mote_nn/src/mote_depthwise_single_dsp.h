/*
 * The only output pixel of a depthwise convolution: nothing would be packed for more than one use,
 * so it needs no scratch.
 *
 * filters: for each four channels (the last four where fewer are left) a word per tap with a
 * weight of each, then what mote_depthwise_channel_dsp.h says for each.
 */
#ifndef MOTE_DEPTHWISE_SINGLE_DSP_H
#define MOTE_DEPTHWISE_SINGLE_DSP_H

#include "mote_depthwise_channel_dsp.h"
#include "mote_depthwise_strip_dsp.h"
#include "mote_lanes_s8.h"

/* One output pixel, each of whose taps is inside: nothing would be packed for more than one use. */
MOTE_INLINE bool mote_depthwise_is_single(const mote_depthwise_conv_2d_s8_t *p) {
    const mote_window_t *const w = &p->window;
    return p->batches * w->output_height * w->output_width == 1 && mote_window_is_inside(w) &&
           p->depth_multiplier == 1 && p->input_channels >= MOTE_DEPTHWISE_QUAD;
}

/* Adds the products of all taps of four channels; returns the end of their weights. */
MOTE_INLINE const int32_t *mote_depthwise_sum_quad(const mote_depthwise_conv_2d_s8_t *p,
                                                   int32_t sums[MOTE_DEPTHWISE_QUAD],
                                                   const int8_t *input, const int32_t *weights) {
    const mote_window_t *const w = &p->window;
    const int32_t tap = w->dilation_width * p->input_channels;
    const int32_t row = w->dilation_height * w->input_width * p->input_channels;
    const mote_block_t block =
        mote_block_joined((mote_block_t){w->filter_height, row, w->filter_width, tap});
    for (int32_t y = 0; y < block.rows; ++y) {
        const int8_t *from = input + y * block.row_step;
#pragma GCC unroll 2
        for (int32_t x = 0; x < block.columns; ++x) {
            const int32_t values = mote_load_s8x4(from), factors = *weights++;
            const int32_t even = mote_sxtb16(values), odd = mote_sxtb16_odd(values);
            const int32_t even_factors = mote_sxtb16(factors),
                          odd_factors = mote_sxtb16_odd(factors);
            sums[0] = mote_smlabb(even, even_factors, sums[0]);
            sums[1] = mote_smlabb(odd, odd_factors, sums[1]);
            sums[2] = mote_smlatt(even, even_factors, sums[2]);
            sums[3] = mote_smlatt(odd, odd_factors, sums[3]);
            from += block.column_step;
        }
    }
    return weights;
}

/* All channels of the only output pixel. */
MOTE_INLINE void mote_depthwise_single(const mote_depthwise_conv_2d_s8_t *p, const int8_t *input,
                                       const int32_t *filters, int8_t *output) {
    for (int32_t next = 0; next < p->input_channels; next += MOTE_DEPTHWISE_QUAD) {
        /* the last four channels may have been computed in part */
        const int32_t last = p->input_channels - MOTE_DEPTHWISE_QUAD;
        const int32_t quad = next > last ? last : next;
        int32_t sums[MOTE_DEPTHWISE_QUAD] = {0, 0, 0, 0};
        filters = mote_depthwise_sum_quad(p, sums, input + quad, filters);
#pragma GCC unroll 4
        for (int32_t lane = 0; lane < MOTE_DEPTHWISE_QUAD; ++lane) {
            const mote_depthwise_channel_t channel = mote_depthwise_channel(p, filters);
            const int32_t sum = channel.bias + sums[lane] * (p->output.general ? 1 : 2);
            if (quad + lane >= next) {
                output[quad + lane] = mote_depthwise_output(p, &channel, sum);
            }
            filters += p->output.general ? 3 : 2;
        }
    }
}

#endif
