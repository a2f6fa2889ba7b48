#include "mote_log.h"

#include <stdint.h>
#include <string.h>

#define ONE_BITS 0x3f800000u
#define SQRT_HALF_BITS 0x3f3504f3u

/* x = m 2^e with m in [sqrt(1/2), sqrt(2)) and f = m - 1, exactly. Then
 * log(x) = e ln2 + f - f^2 / 2 + f^3 P(f), where P minimises the largest relative error of log(m):
 * 6e-9, a tenth of an ulp. e * LN2_HIGH is exact: LN2_HIGH has 9 significant bits. */
float mote_log_f32(float x) {
    static const float LN2_HIGH = 0x1.63p-1f;
    static const float LN2_LOW = -0x1.bd0106p-13f;

    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    const int32_t exponent = (int32_t)((bits + (ONE_BITS - SQRT_HALF_BITS)) >> 23) - 127;
    bits -= (uint32_t)exponent << 23;
    float mantissa;
    memcpy(&mantissa, &bits, sizeof mantissa);

    const float e = (float)exponent;
    const float f = mantissa - 1.0f;
    const float f2 = f * f;
    float p = -0x1.38b588p-4f;
    p = p * f + 0x1.055b6cp-3f;
    p = p * f - 0x1.0d8542p-3f;
    p = p * f + 0x1.22da1cp-3f;
    p = p * f - 0x1.547244p-3f;
    p = p * f + 0x1.99a008p-3f;
    p = p * f - 0x1.000226p-2f;
    p = p * f + 0x1.555554p-2f;
    const float small = p * f * f2 + e * LN2_LOW - 0.5f * f2;
    return e * LN2_HIGH + (f + small);
}
