/*
 * What one output channel of mote_depthwise_conv_2d_s8_dsp.h has besides its taps: the two words
 * 2 * bias * 2^5 - shift and multiplier or, when output.general, bias, multiplier and shift.
 * Biases contain the effect of the input's zero point.
 */
#ifndef MOTE_DEPTHWISE_CHANNEL_DSP_H
#define MOTE_DEPTHWISE_CHANNEL_DSP_H

#include "mote_depthwise_conv_2d_s8.h"

enum { MOTE_DEPTHWISE_SHIFT_BITS = 5 };

/* One output channel. */
typedef struct {
    int32_t bias;
    mote_factor_t factor;
} mote_depthwise_channel_t;

/* The two pairs of a word of weights, doubled unless output.general. */
MOTE_INLINE void mote_depthwise_unpack(const mote_depthwise_conv_2d_s8_t *p, int32_t word,
                                       int32_t *first, int32_t *second) {
    *first = mote_sxtb16(word);
    *second = mote_sxtb16_odd(word);
    if (!p->output.general) {
        *first = mote_sadd16(*first, *first);
        *second = mote_sadd16(*second, *second);
    }
}

/* Bias and factors, which follow the weights. */
MOTE_INLINE mote_depthwise_channel_t mote_depthwise_channel(const mote_depthwise_conv_2d_s8_t *p,
                                                            const int32_t *words) {
    mote_depthwise_channel_t channel;
    if (p->output.general) {
        channel.bias = words[0];
        channel.factor = (mote_factor_t){words[1], -words[2], 0};
    } else {
        channel.bias = words[0] >> MOTE_DEPTHWISE_SHIFT_BITS;
        channel.factor = mote_factor(words[1], -(words[0] & ((1 << MOTE_DEPTHWISE_SHIFT_BITS) - 1)),
                                     p->output.zero_point);
    }
    return channel;
}

MOTE_INLINE int8_t mote_depthwise_output(const mote_depthwise_conv_2d_s8_t *p,
                                         const mote_depthwise_channel_t *channel, int32_t sum) {
    if (p->output.general) {
        return mote_depthwise_general_s8(p, sum, channel->factor.multiplier,
                                         -channel->factor.right_shift);
    }
    int32_t value = mote_requantize_doubled_s8(sum, channel->factor);
    if (p->output.activation_min > INT8_MIN) {
        value = value < p->output.activation_min ? p->output.activation_min : value;
    }
    if (p->output.activation_max < INT8_MAX) {
        value = value > p->output.activation_max ? p->output.activation_max : value;
    }
    return (int8_t)value;
}

#endif
