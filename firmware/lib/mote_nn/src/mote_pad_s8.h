/*
 * A border of one value around an int8 tensor of four dimensions.
 */
#ifndef MOTE_PAD_S8_H
#define MOTE_PAD_S8_H

#include <stdint.h>
#include <string.h>

#include "mote_requantize.h"

typedef struct {
    int32_t input_shape[4];
    int32_t before[4]; /* elements of border per axis, at least 0 */
    int32_t after[4];
    int8_t value;
} mote_pad_s8_t;

/* Writes `count` times the border's value; returns the end. */
MOTE_INLINE int8_t *mote_fill_s8(int8_t *output, int8_t value, int32_t count) {
    memset(output, value, (size_t)count);
    return output + count;
}

/*
 * input  input_shape
 * output [before + input_shape + after] per axis; must not overlap the input
 *
 * Any alignment.
 */
MOTE_INLINE void mote_pad_s8(const mote_pad_s8_t *p, const int8_t *input, int8_t *output) {
    const int32_t depth = p->input_shape[3];
    const int32_t pixel = p->before[3] + depth + p->after[3];
    const int32_t row = (p->before[2] + p->input_shape[2] + p->after[2]) * pixel;
    const int32_t image = (p->before[1] + p->input_shape[1] + p->after[1]) * row;

    output = mote_fill_s8(output, p->value, p->before[0] * image);
    for (int32_t batch = 0; batch < p->input_shape[0]; ++batch) {
        output = mote_fill_s8(output, p->value, p->before[1] * row);
        for (int32_t y = 0; y < p->input_shape[1]; ++y) {
            output = mote_fill_s8(output, p->value, p->before[2] * pixel);
            for (int32_t x = 0; x < p->input_shape[2]; ++x) {
                output = mote_fill_s8(output, p->value, p->before[3]);
                memcpy(output, input, (size_t)depth);
                input += depth;
                output = mote_fill_s8(output + depth, p->value, p->after[3]);
            }
            output = mote_fill_s8(output, p->value, p->after[2] * pixel);
        }
        output = mote_fill_s8(output, p->value, p->after[1] * row);
    }
    mote_fill_s8(output, p->value, p->after[0] * image);
}

#endif
