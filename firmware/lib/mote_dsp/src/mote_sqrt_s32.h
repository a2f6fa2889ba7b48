/* Square root of integers. */
#ifndef MOTE_SQRT_S32_H
#define MOTE_SQRT_S32_H

#include <stdint.h>

/* floor(sqrt(x)), bit by bit: the remainder is x less the square of the root so far. */
static inline uint32_t mote_sqrt_u32(uint32_t x) {
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
}

#endif
