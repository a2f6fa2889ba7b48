#include "mote_features.h"

/* Past this many steps every zero point saturates, and within it the conversion to an integer is
 * defined. */
#define SATURATED 256.0f

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
    const int32_t quantized = rounded + zero_point;
    if (quantized < INT8_MIN) {
        return INT8_MIN;
    }
    return quantized > INT8_MAX ? INT8_MAX : (int8_t)quantized;
}
