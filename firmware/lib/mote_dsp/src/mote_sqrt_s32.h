/* Square root of integers. */
#ifndef MOTE_SQRT_S32_H
#define MOTE_SQRT_S32_H

#include <stdint.h>

#include "mote_fixed.h"

/* floor(sqrt(x)). Newton's steps fall to it from any root above; without a divider it is found bit
 * by bit, x being what remains of it less the square of the root so far. */
static inline uint32_t mote_sqrt_u32(uint32_t x) {
#if MOTE_FIXED_SPLIT
    uint32_t root = 0;
    for (uint32_t bit = 1u << 30; bit != 0; bit >>= 2) {
        const uint32_t trial = root + bit;
        root >>= 1;
        if (x >= trial) {
            x -= trial;
            root += bit;
        }
    }
    return root;
#else
    if (x == 0) {
        return 0;
    }
    uint32_t root = 1u << (33 - mote_leading_zeros(x)) / 2;
    for (uint32_t next = (root + x / root) / 2; next < root; next = (root + x / root) / 2) {
        root = next;
    }
    return root;
#endif
}

#endif
