/*
 * Any function of one byte as a table: int8 activations, QUANTIZE between bytes.
 */
#ifndef MOTE_LOOKUP_S8_H
#define MOTE_LOOKUP_S8_H

#include "mote_elementwise.h"

typedef struct {
    int32_t n_elements;
} mote_lookup_s8_t;

/* output[i] = table[input[i] + 128], all read as int8; the output may be the input. */
MOTE_INLINE void mote_lookup_s8(const mote_lookup_s8_t *p, const void *input,
                                const int8_t table[256], void *output) {
    const int8_t *in = input;
    int8_t *out = output;
    MOTE_UNROLL
    for (int32_t i = 0; i < p->n_elements; ++i) {
        *out++ = table[*in++ + 128];
    }
}

#endif
