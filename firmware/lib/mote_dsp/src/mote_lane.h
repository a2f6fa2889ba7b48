/* The number type of the float chain: one float, or several side by side.
 *
 * A block written over mote_lane_t is a scalar program on devices. Built with -DMOTE_LANES=N, N a
 * power of two, the same text computes N streams at once, one in each lane of a GCC vector, and
 * each lane gives the bytes of the scalar program: IEEE arithmetic rounds each by itself.
 *
 * What is written alike in both: + - * /, their compound forms, shifts of integer lanes, an
 * operation of a lane with a scalar (each lane gets the scalar), = {0} for zeros, and casts between
 * mote_lane_s32_t and mote_lane_u32_t, which keep the bits. All else goes through the functions
 * below. Control flow must not depend on lanes. In memory, the lanes of one value are neighbours. */
#ifndef MOTE_LANE_H
#define MOTE_LANE_H

#include <stdint.h>
#include <string.h>

#include "mote_sqrt.h"

#ifdef MOTE_LANES
typedef float mote_lane_t __attribute__((vector_size(4 * MOTE_LANES)));
typedef int16_t mote_lane_s16_t __attribute__((vector_size(2 * MOTE_LANES)));
typedef int32_t mote_lane_s32_t __attribute__((vector_size(4 * MOTE_LANES)));
typedef uint32_t mote_lane_u32_t __attribute__((vector_size(4 * MOTE_LANES)));
#else
typedef float mote_lane_t;
typedef int16_t mote_lane_s16_t;
typedef int32_t mote_lane_s32_t;
typedef uint32_t mote_lane_u32_t;
#endif

/* The exact value of each lane. */
static inline mote_lane_t mote_lane_from_s16(mote_lane_s16_t x) {
#ifdef MOTE_LANES
    return __builtin_convertvector(x, mote_lane_t);
#else
    return (float)x;
#endif
}

/* Each lane rounded to nearest even. */
static inline mote_lane_t mote_lane_from_s32(mote_lane_s32_t x) {
#ifdef MOTE_LANES
    return __builtin_convertvector(x, mote_lane_t);
#else
    return (float)x;
#endif
}

/* The IEEE encoding of each lane. */
static inline mote_lane_u32_t mote_lane_bits(mote_lane_t x) {
    mote_lane_u32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* The float that each lane encodes. */
static inline mote_lane_t mote_lane_from_bits(mote_lane_u32_t bits) {
    mote_lane_t x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* x > y ? x : y in each lane. */
static inline mote_lane_t mote_lane_max(mote_lane_t x, float y) {
#ifdef MOTE_LANES
    const mote_lane_u32_t greater = (mote_lane_u32_t)(x > y);
    const mote_lane_u32_t others = mote_lane_bits((mote_lane_t){0} + y);
    return mote_lane_from_bits((greater & mote_lane_bits(x)) | (~greater & others));
#else
    return x > y ? x : y;
#endif
}

/* The correctly rounded square root of each lane, which is 0 or more. */
static inline mote_lane_t mote_lane_sqrt(mote_lane_t x) {
#ifdef MOTE_LANES
    for (int i = 0; i < MOTE_LANES; i++) {
        x[i] = __builtin_sqrtf(x[i]); /* all at once with -fno-math-errno */
    }
    return x;
#else
    return mote_sqrt_f32(x);
#endif
}

#endif
