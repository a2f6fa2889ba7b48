#include "mote_log_s32.h"

#include "mote_fixed.h"

/* 2^24 log2(1 + i / 64). */
static const int32_t LOG2[] = {
    0,        375270,   744810,   1108793,  1467383,  1820738,  2169009,  2512340,  2850868,
    3184728,  3514044,  3838941,  4159533,  4475935,  4788255,  5096595,  5401057,  5701737,
    5998727,  6292118,  6581994,  6868440,  7151536,  7431359,  7707984,  7981483,  8251926,
    8519380,  8783912,  9045584,  9304457,  9560591,  9814042,  10064867, 10313120, 10558852,
    10802114, 11042956, 11281425, 11517568, 11751428, 11983051, 12212479, 12439752, 12664911,
    12887994, 13109041, 13328087, 13545168, 13760320, 13973576, 14184969, 14394532, 14602297,
    14808293, 15012551, 15215099, 15415967, 15615181, 15812769, 16008758, 16203172, 16396036,
    16587377, 16777216};

/* x = 2^exponent * mantissa / 2^31, and between two places of the table the logarithm is taken for
 * a straight line; 12 bits of the mantissa say how far along. */
int32_t mote_log2_u64(uint64_t x) {
    if (x == 0) {
        return 0;
    }
    const uint32_t high = (uint32_t)(x >> 32);
    const uint32_t zeros =
        high != 0 ? mote_leading_zeros(high) : 32 + mote_leading_zeros((uint32_t)x);
    const uint32_t mantissa = (uint32_t)(x << zeros >> 32);
    const int32_t *place = LOG2 + (mantissa >> 25 & 63);
    const int32_t along = mantissa >> 13 & 0xfff;
    const int32_t exponent = 63 - (int32_t)zeros;
    return exponent * (1 << 24) + place[0] + ((place[1] - place[0]) * along >> 12);
}

int32_t mote_log2_floored(uint64_t x, int32_t log2_gain, int32_t log2_floor) {
    const int32_t log2 = mote_log2_u64(x) + log2_gain;
    return x == 0 || log2 < log2_floor ? log2_floor : log2;
}
