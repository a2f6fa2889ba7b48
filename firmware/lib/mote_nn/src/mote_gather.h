/*
 * Elements picked by one list of offsets per axis, any type of element.
 */
#ifndef MOTE_GATHER_H
#define MOTE_GATHER_H

#include <stdint.h>

#include "mote_copy.h"

#define MOTE_GATHER_AXES 4

typedef struct {
    int32_t counts[MOTE_GATHER_AXES]; /* offsets per axis, at least 1 */
    int32_t run;                      /* bytes */
} mote_gather_t;

/*
 * offsets counts[0] + ... + counts[3] numbers: a run starts at the sum of one from each axis
 * output  dense; must not overlap the input
 *
 * Any alignment.
 */
MOTE_INLINE void mote_gather(const mote_gather_t *p, const int8_t *input, const int32_t *offsets,
                             int8_t *output) {
    const int32_t *const n = p->counts;
    const int32_t *const second = offsets + n[0];
    const int32_t *const third = second + n[1];
    const int32_t *const fourth = third + n[2];
    for (int32_t a = 0; a < n[0]; ++a) {
        for (int32_t b = 0; b < n[1]; ++b) {
            for (int32_t c = 0; c < n[2]; ++c) {
                const int8_t *const row = input + offsets[a] + second[b] + third[c];
                for (int32_t d = 0; d < n[3]; ++d) {
                    mote_copy_bytes(output, row + fourth[d], p->run, 0);
                    output += p->run;
                }
            }
        }
    }
}

#endif
