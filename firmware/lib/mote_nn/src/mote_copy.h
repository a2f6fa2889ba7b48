/*
 * Copies of bytes: elements of any type move between tensors without change. Called with constant
 * parameters they compile to loops for them.
 */
#ifndef MOTE_COPY_H
#define MOTE_COPY_H

#include <stdint.h>
#include <string.h>

#include "mote_requantize.h"

#define MOTE_COPY_AXES 5

MOTE_INLINE uint32_t mote_load_word(const int8_t *input) {
    uint32_t word;
    memcpy(&word, input, sizeof word);
    return word;
}

MOTE_INLINE void mote_store_word(int8_t *output, uint32_t word) {
    memcpy(output, &word, sizeof word);
}

/*
 * `n_bytes` in ascending order; the output may overlap the input if it does not begin behind it.
 * Up to 16 bytes go at a time. `aligned` says that both pointers are multiples of 4, which
 * cores without unaligned loads need for speed.
 */
MOTE_INLINE void mote_copy_bytes(int8_t *output, const int8_t *input, int32_t n_bytes,
                                 int32_t aligned) {
    if (aligned) {
        output = __builtin_assume_aligned(output, 4);
        input = __builtin_assume_aligned(input, 4);
    }
    for (; n_bytes >= 16; n_bytes -= 16, input += 16, output += 16) {
        const uint32_t first = mote_load_word(input), second = mote_load_word(input + 4);
        const uint32_t third = mote_load_word(input + 8), fourth = mote_load_word(input + 12);
        mote_store_word(output, first);
        mote_store_word(output + 4, second);
        mote_store_word(output + 8, third);
        mote_store_word(output + 12, fourth);
    }
    for (; n_bytes >= 4; n_bytes -= 4, input += 4, output += 4) {
        mote_store_word(output, mote_load_word(input));
    }
    for (; n_bytes > 0; --n_bytes) {
        *output++ = *input++;
    }
}

/* Loops around contiguous runs of the output, from the outermost to the innermost. */
typedef struct {
    int32_t counts[MOTE_COPY_AXES];  /* at least 1 */
    int32_t strides[MOTE_COPY_AXES]; /* of the input, in bytes; may be negative */
    int32_t run;                     /* bytes */
    int32_t aligned;                 /* 1: strides, run and both pointers are multiples of 4 */
} mote_copy_t;

/*
 * input  at the first run
 * output dense; may overlap the input if it does not begin behind it and if the input's runs
 *        ascend and do not overlap
 *
 * Any alignment.
 */
MOTE_INLINE void mote_copy(const mote_copy_t *p, const int8_t *input, int8_t *output) {
    const int32_t *const n = p->counts;
    const int32_t *const step = p->strides;
    for (int32_t a = 0; a < n[0]; ++a) {
        for (int32_t b = 0; b < n[1]; ++b) {
            for (int32_t c = 0; c < n[2]; ++c) {
                for (int32_t d = 0; d < n[3]; ++d) {
                    const int8_t *run =
                        input + a * step[0] + b * step[1] + c * step[2] + d * step[3];
                    for (int32_t e = 0; e < n[4]; ++e) {
                        mote_copy_bytes(output, run, p->run, p->aligned);
                        run += step[4];
                        output += p->run;
                    }
                }
            }
        }
    }
}

#endif
