/* Products beyond 32 bits. */
#ifndef MOTE_MICROFRONTEND_WIDE_H
#define MOTE_MICROFRONTEND_WIDE_H

#include <stdint.h>

/* a * b for b below 2^16. Cores without a long multiplication would call a function for it. */
static inline uint64_t multiply_32x16(uint32_t a, uint32_t b) {
#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1
    return ((uint64_t)((a >> 16) * b) << 16) + (a & 0xffffu) * b;
#else
    return (uint64_t)a * b;
#endif
}

#endif
