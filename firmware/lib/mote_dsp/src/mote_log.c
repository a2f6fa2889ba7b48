#include "mote_log.h"

#include "mote_lane.h"

#define ONE_BITS 0x3f800000u
#define SQRT_HALF_BITS 0x3f3504f3u

/* x = m 2^e with m in [sqrt(1/2), sqrt(2)) and f = m - 1, exactly. Then
 * log(x) = e ln2 + f - f^2 / 2 + f^3 P(f), where P minimises the largest relative error of log(m):
 * 6e-9, a tenth of an ulp. e * LN2_HIGH is exact: LN2_HIGH has 9 significant bits. */
static inline mote_lane_t logarithm(mote_lane_t x) {
    static const float LN2_HIGH = 0x1.63p-1f;
    static const float LN2_LOW = -0x1.bd0106p-13f;

    const mote_lane_u32_t bits = mote_lane_bits(x);
    const mote_lane_s32_t exponent =
        (mote_lane_s32_t)((bits + (ONE_BITS - SQRT_HALF_BITS)) >> 23) - 127;
    const mote_lane_t mantissa = mote_lane_from_bits(bits - ((mote_lane_u32_t)exponent << 23));

    const mote_lane_t e = mote_lane_from_s32(exponent);
    const mote_lane_t f = mantissa - 1.0f;
    const mote_lane_t f2 = f * f;
    mote_lane_t p = f * -0x1.38b588p-4f + 0x1.055b6cp-3f;
    p = p * f - 0x1.0d8542p-3f;
    p = p * f + 0x1.22da1cp-3f;
    p = p * f - 0x1.547244p-3f;
    p = p * f + 0x1.99a008p-3f;
    p = p * f - 0x1.000226p-2f;
    p = p * f + 0x1.555554p-2f;
    const mote_lane_t small = p * f * f2 + e * LN2_LOW - 0.5f * f2;
    return e * LN2_HIGH + (f + small);
}

mote_lane_t mote_log_f32(mote_lane_t x) {
    return logarithm(x);
}

void mote_log_scale_f32(const mote_log_scale_t *scale, mote_lane_t *values, uint32_t count) {
    const float offset = scale->offset;
    const float floor = scale->floor;
    const float factor = scale->factor;
    if (!(factor > 0.0f)) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        values[i] = logarithm(mote_lane_max(values[i] + offset, floor)) * factor;
    }
}
