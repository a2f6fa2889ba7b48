/*
 * Tensors behind each other along an axis, any type of element.
 */
#ifndef MOTE_CONCATENATION_H
#define MOTE_CONCATENATION_H

#include <stdint.h>

#include "mote_copy.h"

#define MOTE_CONCATENATION_INPUTS 10

typedef struct {
    int32_t n_rows;    /* indices of the axes before the joined one */
    int32_t row_bytes; /* of the output */
    int32_t n_inputs;  /* those to copy: the others lie in the output already */
    int32_t offsets[MOTE_CONCATENATION_INPUTS]; /* of each in a row of the output, bytes */
    int32_t runs[MOTE_CONCATENATION_INPUTS];    /* bytes of each in a row */
    int32_t aligned; /* 1: all of these and all pointers are multiples of 4 */
} mote_concatenation_t;

/*
 * inputs n_inputs tensors, dense
 * output [n_rows, row_bytes]; input i may overlap it if the output begins at least
 *        (n_rows - 1) * (row_bytes - runs[i]) + offsets[i] bytes before the input
 *
 * Any alignment.
 */
MOTE_INLINE void mote_concatenation(const mote_concatenation_t *p, const int8_t *const *inputs,
                                    int8_t *output) {
    for (int32_t row = 0; row < p->n_rows; ++row) {
#pragma GCC unroll 10
        for (int32_t i = 0; i < p->n_inputs; ++i) {
            mote_copy_bytes(output + p->offsets[i], inputs[i] + row * p->runs[i], p->runs[i],
                            p->aligned);
        }
        output += p->row_bytes;
    }
}

#endif
