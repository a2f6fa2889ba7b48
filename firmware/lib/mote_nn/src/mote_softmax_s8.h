/*
 * Softmax, int8 to int8 with the scale 1/256 and the zero point -128; integers only.
 */
#ifndef MOTE_SOFTMAX_S8_H
#define MOTE_SOFTMAX_S8_H

#include <stdint.h>

typedef struct {
    int32_t rows;
    int32_t depth;      /* at least 1, below 4096 */
    int32_t multiplier; /* brings input differences to Q5.26 */
    int32_t left_shift; /* in [0, 31] */
    int32_t diff_min;   /* <= 0: elements further below their row's maximum count as zero */
} mote_softmax_s8_t;

/* input and output [rows, depth]; the output may be the input. Any alignment. */
void mote_softmax_s8(const mote_softmax_s8_t *p, const int8_t *input, int8_t *output);

#endif
