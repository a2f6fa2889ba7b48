/*
 * Depthwise 2-D convolution, int8, NHWC: output channel c reads input channel
 * c / depth_multiplier. Called with constant parameters it compiles to a kernel for them.
 */
#ifndef MOTE_DEPTHWISE_CONV_2D_S8_H
#define MOTE_DEPTHWISE_CONV_2D_S8_H

#include <stdbool.h>
#include <stdint.h>

#include "mote_requantize.h"
#include "mote_window.h"

typedef struct {
    int32_t batches;
    mote_window_t window;
    int32_t input_channels;
    int32_t depth_multiplier; /* output channels = input_channels * depth_multiplier */
    int32_t input_zero_point; /* value of the padding */
    int32_t strip_rows;       /* output rows that are computed together (MOTE_DSP) */
    struct {
        int32_t zero_point;     /* in [-128, 127] */
        int32_t activation_min; /* -128 <= activation_min <= activation_max <= 127 */
        int32_t activation_max;
        int32_t general; /* 0: see is_general in packing_depthwise.py */
    } output;
} mote_depthwise_conv_2d_s8_t;

/* The output of a channel's accumulator by any factor. */
MOTE_INLINE int8_t mote_depthwise_general_s8(const mote_depthwise_conv_2d_s8_t *p, int32_t sum,
                                             int32_t multiplier, int32_t shift) {
    return mote_clamp_s8(mote_rescale_s8(sum, multiplier, shift, p->output.zero_point),
                         p->output.activation_min, p->output.activation_max);
}

/*
 * void mote_depthwise_conv_2d_s8(p, input, filters, scratch, output)
 *
 * input   [batches, input_height, input_width, input_channels], any alignment
 * filters what packing_depthwise.py makes for the architecture
 * scratch as many bytes as kernels/depthwise.py says, aligned to 4
 * output  [batches, output_height, output_width, input_channels * depth_multiplier], any
 *         alignment; may begin as far before the input as kernels/depthwise.py says
 *
 * Accumulators must fit int32 (the code generator checks it).
 */
#if MOTE_DSP
#include "mote_depthwise_conv_2d_s8_dsp.h"
#else
#include "mote_depthwise_conv_2d_s8_portable.h"
#endif

#endif
