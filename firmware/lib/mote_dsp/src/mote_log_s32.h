/* Binary logarithm of integers. */
#ifndef MOTE_LOG_S32_H
#define MOTE_LOG_S32_H

#include <stdint.h>

/* 2^24 log2(x) for x of 1 or more: exact for powers of two, else at most 5e-5 * 2^24 too small.
 * 0 gives 0. */
int32_t mote_log2_u64(uint64_t x);

/* 2^24 log2(x) + log2_gain, which fits 32 bits, or log2_floor if that is less or x is 0. */
int32_t mote_log2_floored(uint64_t x, int32_t log2_gain, int32_t log2_floor);

#endif
