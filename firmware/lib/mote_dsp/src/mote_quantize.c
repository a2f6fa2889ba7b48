#include "mote_features.h"

/* Past this many steps every zero point saturates, and within it the conversion to an integer is
 * defined. */
#define SATURATED 256.0f

static int8_t saturate(int32_t quantized) {
    if (quantized < INT8_MIN) {
        return INT8_MIN;
    }
    return quantized > INT8_MAX ? INT8_MAX : (int8_t)quantized;
}

int8_t mote_quantize_f32_s8(float value, float scale, int32_t zero_point) {
    const float steps = value / scale;
    if (!(steps > -SATURATED)) {
        return INT8_MIN;
    }
    if (steps >= SATURATED) {
        return INT8_MAX;
    }
    int32_t rounded = (int32_t)steps;
    const float fraction = steps - (float)rounded;
    if (fraction >= 0.5f) {
        rounded++;
    } else if (fraction <= -0.5f) {
        rounded--;
    }
    return saturate(rounded + zero_point);
}

int8_t mote_quantize_s32_s8(int32_t value, int32_t multiplier, uint32_t shift, int32_t zero_point) {
    const int64_t product = (int64_t)(value < 0 ? -value : value) * multiplier;
    const int64_t steps = (product + ((int64_t)1 << (shift - 1u))) >> shift;
    const int32_t magnitude = steps < 256 ? (int32_t)steps : 256;
    return saturate((value < 0 ? -magnitude : magnitude) + zero_point);
}
