/*
 * 2-D convolution, int8, NHWC, for Helium. Called with constant parameters it compiles to a kernel
 * for them.
 *
 * A filter of one pixel multiplies the pixels where they lie. For any other, the taps that one
 * column of outputs reads are copied to a strip: one row of it is a row of taps. As neighbouring
 * outputs of a column share rows, each row is copied once.
 */
#ifndef MOTE_CONV_2D_HELIUM_S8_H
#define MOTE_CONV_2D_HELIUM_S8_H

#include "mote_matmul_helium_s8.h"
#include "mote_strip_helium.h"

typedef struct {
    int32_t batches;
    mote_window_t window;
    int32_t input_channels;
    int32_t output_channels;
    int32_t groups; /* of input and output channels: outputs read the inputs of their own group */
    int32_t input_zero_point; /* the value of padding */
    mote_output_helium_t output;
} mote_conv_2d_helium_s8_t;

/* Copies `count` bytes; reads no more, writes up to the next multiple of 16. */
MOTE_INLINE void mote_strip_copy_over_s8(const int8_t *from, int32_t count, int8_t *to) {
    int32_t i = 0;
    for (; i + MOTE_HELIUM_STEP <= count; i += MOTE_HELIUM_STEP) {
        vstrbq_s8(to + i, vldrbq_s8(from + i));
    }
    if (i < count) {
        vstrbq_s8(to + i, vldrbq_z_s8(from + i, vctp8q((uint32_t)(count - i))));
    }
}

/* Copies `count` bytes. */
MOTE_INLINE void mote_strip_copy_s8(const int8_t *from, int32_t count, int8_t *to) {
    for (int32_t i = 0; i < count; i += MOTE_HELIUM_STEP) {
        const mve_pred16_t inside = vctp8q((uint32_t)(count - i));
        vstrbq_p_s8(to + i, vldrbq_z_s8(from + i, inside), inside);
    }
}

/* Fills `count` bytes, and those up to the next multiple of 16. */
MOTE_INLINE void mote_strip_fill_over_s8(int8_t value, int32_t count, int8_t *to) {
    for (int32_t i = 0; i < count; i += MOTE_HELIUM_STEP) {
        vstrbq_s8(to + i, vdupq_n_s8(value));
    }
}

/* Writes the strip of output column `x`; `image` starts at the first channel of a group. */
MOTE_INLINE void mote_conv_2d_strip_s8(const mote_conv_2d_helium_s8_t *p, int32_t x,
                                       const int8_t *image, int8_t *strip) {
    const mote_window_t *const w = &p->window;
    const int32_t depth = p->input_channels / p->groups;
    const int8_t padding = (int8_t)p->input_zero_point;
    const mote_taps_t columns = mote_column_taps(w, x);
    const bool adjoining = w->dilation_width == 1 && p->groups == 1;
    const int32_t run = adjoining ? columns.end - columns.first : 1;
    const bool whole = mote_strip_is_whole(w, x) && run == w->filter_width;
    const int32_t left = x * w->stride_width - w->pad_left;
    for (int32_t i = 0; i < mote_strip_rows(w); ++i) {
        const int32_t y = mote_strip_source(w, i);
        const bool inside = y >= 0 && y < w->input_height;
        const int8_t *const row = image + (y * w->input_width + left) * p->input_channels;
        /* what is written over the end of a row of taps, the next row replaces */
        if (inside && whole) {
            mote_strip_copy_over_s8(row, w->filter_width * depth, strip);
        } else {
            mote_strip_fill_over_s8(padding, w->filter_width * depth, strip);
        }
        if (inside && !whole) {
            for (int32_t tap = columns.first; tap < columns.end; tap += run) {
                mote_strip_copy_s8(row + tap * w->dilation_width * p->input_channels, run * depth,
                                   strip + tap * depth);
            }
        }
        strip += w->filter_width * depth;
    }
}

/*
 * Filters of one pixel that read each pixel once.
 *
 * input    [batches, height, width, input_channels]
 * filters  as in mote_matmul_helium_s8; biases contain the effect of the input's zero point
 * output   [batches, height, width, output_channels]; may overlap the input if it begins
 *          2 * output_channels bytes before it or earlier, and more by the bytes by which all
 *          pixels but one grow
 *
 * Any alignment of input and output. Accumulators must fit int32 (the code generator checks it).
 */
MOTE_INLINE void mote_pointwise_helium_s8(const mote_conv_2d_helium_s8_t *p, const int8_t *input,
                                          const int32_t *filters, int8_t *output) {
    const mote_matmul_helium_s8_t product = {
        .rows = p->batches * p->window.output_height * p->window.output_width,
        .depth = p->input_channels,
        .row_step = p->input_channels,
        .readable = p->input_channels % MOTE_HELIUM_STEP == 0,
        .filters = p->output_channels,
        .output_step = p->output_channels,
        .output = p->output,
    };
    mote_matmul_helium_s8(&product, input, filters, output);
}

/*
 * input    [batches, input_height, input_width, input_channels]
 * filters  for each group as in mote_matmul_helium_s8, a filter being [filter_height, filter_width,
 *          input_channels / groups]; biases contain the effect of the input's zero point, padding
 *          included
 * strip    mote_strip_rows * filter_width * input_channels / groups bytes and 16 more
 * output   [batches, output_height, output_width, output_channels]; must not overlap the input
 *
 * Any alignment of input and output. Accumulators must fit int32 (the code generator checks it).
 */
MOTE_INLINE void mote_conv_2d_helium_s8(const mote_conv_2d_helium_s8_t *p, const int8_t *input,
                                        const int32_t *filters, int8_t *strip, int8_t *output) {
    const mote_window_t *const w = &p->window;
    const int32_t group_inputs = p->input_channels / p->groups;
    const int32_t group_outputs = p->output_channels / p->groups;
    const int32_t run = w->filter_width * group_inputs;
    const mote_matmul_helium_s8_t product = {
        .rows = w->output_height,
        .depth = w->filter_height * run,
        .row_step = mote_strip_step(w) * run,
        .readable = true,
        .filters = group_outputs,
        .output_step = w->output_width * p->output_channels,
        .output = p->output,
    };
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        for (int32_t x = 0; x < w->output_width; ++x) {
            for (int32_t group = 0; group < p->groups; ++group) {
                mote_conv_2d_strip_s8(p, x, input + group * group_inputs, strip);
                mote_matmul_helium_s8(&product, strip,
                                      filters + group * mote_matmul_helium_words(&product),
                                      output + x * p->output_channels + group * group_outputs);
            }
        }
        input += w->input_height * w->input_width * p->input_channels;
        output += w->output_height * w->output_width * p->output_channels;
    }
}

#endif
