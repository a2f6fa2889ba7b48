/*
 * A border of one value around a tensor of four dimensions, any type of element.
 */
#ifndef MOTE_PAD_H
#define MOTE_PAD_H

#include <stdint.h>
#include <string.h>

#include "mote_copy.h"

typedef struct {
    int32_t input_shape[4];
    int32_t before[4]; /* elements of border per axis, at least 0 */
    int32_t after[4];
    int32_t element_bytes; /* 1, 2 or 4 */
    int32_t value;
} mote_pad_t;

/* Writes `count` times the border's value; returns the end. */
MOTE_INLINE int8_t *mote_fill(const mote_pad_t *p, int8_t *output, int32_t count) {
    for (int32_t i = 0; i < count; ++i, output += p->element_bytes) {
        memcpy(output, &p->value, (size_t)p->element_bytes); /* little endian */
    }
    return output;
}

/*
 * input  input_shape
 * output [before + input_shape + after] per axis; may overlap the input if it begins at least as
 *        many bytes before it as it has border before the last element of the input
 *
 * Any alignment.
 */
MOTE_INLINE void mote_pad(const mote_pad_t *p, const int8_t *input, int8_t *output) {
    const int32_t depth = p->input_shape[3];
    const int32_t pixel = p->before[3] + depth + p->after[3];
    const int32_t row = (p->before[2] + p->input_shape[2] + p->after[2]) * pixel;
    const int32_t image = (p->before[1] + p->input_shape[1] + p->after[1]) * row;

    output = mote_fill(p, output, p->before[0] * image);
    for (int32_t batch = 0; batch < p->input_shape[0]; ++batch) {
        output = mote_fill(p, output, p->before[1] * row);
        for (int32_t y = 0; y < p->input_shape[1]; ++y) {
            output = mote_fill(p, output, p->before[2] * pixel);
            for (int32_t x = 0; x < p->input_shape[2]; ++x) {
                output = mote_fill(p, output, p->before[3]);
                mote_copy_bytes(output, input, depth * p->element_bytes, 0);
                input += depth * p->element_bytes;
                output = mote_fill(p, output + depth * p->element_bytes, p->after[3]);
            }
            output = mote_fill(p, output, p->after[2] * pixel);
        }
        output = mote_fill(p, output, p->after[1] * row);
    }
    mote_fill(p, output, p->after[0] * image);
}

#endif
