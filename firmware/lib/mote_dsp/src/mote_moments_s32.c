#include "mote_moments_s32.h"

#define DROPPED_BITS 12 /* of the 27 of a value */
#define DROPPED_SQUARE_BITS 7

mote_moments_s32_t mote_moments_s32(const int32_t *series, uint32_t count, uint32_t fraction_bits) {
    uint64_t sum2 = 0;
    int64_t sum3 = 0;
    uint64_t sum4 = 0;
    for (uint32_t i = 0; i < count; i++) {
        const int32_t d = (series[i] + (1 << (DROPPED_BITS - 1))) >> DROPPED_BITS;
        const int32_t d2 = d * d;
        const uint32_t q = (uint32_t)d2 >> DROPPED_SQUARE_BITS;
        sum2 += (uint32_t)d2;
        sum3 += (int64_t)d2 * d;
        sum4 += (uint64_t)q * q;
    }
    if (sum2 == 0) {
        return (mote_moments_s32_t){0};
    }
    const mote_scaled_t n = mote_scaled(count, 0);
    const mote_scaled_t m2 = mote_scaled_divide(mote_scaled(sum2, 0), n);
    const mote_scaled_t m3 =
        mote_scaled_divide(mote_scaled((uint64_t)(sum3 < 0 ? -sum3 : sum3), 0), n);
    const mote_scaled_t m4 = mote_scaled_divide(mote_scaled(sum4, 2 * DROPPED_SQUARE_BITS), n);
    const mote_scaled_t root = mote_scaled_sqrt(m2);
    const mote_scaled_t skewness = mote_scaled_divide(m3, mote_scaled_multiply(m2, root));
    const mote_scaled_t kurtosis = mote_scaled_divide(m4, mote_scaled_multiply(m2, m2));
    const int32_t magnitude = mote_scaled_to_fixed(skewness, fraction_bits);
    return (mote_moments_s32_t){
        .std = {root.mantissa, root.exponent + DROPPED_BITS},
        .skewness = sum3 < 0 ? -magnitude : magnitude,
        .kurtosis = mote_scaled_to_fixed(kurtosis, fraction_bits) - (int32_t)(3u << fraction_bits),
    };
}
