/*
 * Any function of one int8 element as a table: LOGISTIC, RELU, RELU6, QUANTIZE.
 */
#ifndef MOTE_LOOKUP_S8_H
#define MOTE_LOOKUP_S8_H

#include <stdint.h>

#include "mote_requantize.h"

typedef struct {
    int32_t n_elements;
} mote_lookup_s8_t;

/* output[i] = table[input[i] + 128]; the output may be the input. Any alignment. */
MOTE_INLINE void mote_lookup_s8(const mote_lookup_s8_t *p, const int8_t *input,
                                const int8_t table[256], int8_t *output) {
    for (int32_t i = 0; i < p->n_elements; ++i) {
        output[i] = table[input[i] + 128];
    }
}

#endif
