/* Quantization of whole arrays, for the host. */

#include "mote_features.h"

/* quantized[i] = mote_quantize_f32_s8(values[i], scale, zero_point) for i < count. */
void host_quantize_f32(const float *values, size_t count, float scale, int32_t zero_point,
                       int8_t *quantized) {
    for (size_t i = 0; i < count; i++) {
        quantized[i] = mote_quantize_f32_s8(values[i], scale, zero_point);
    }
}

/* quantized[i] = mote_quantize_s32_s8(values[i], multiplier, shift, zero_point) for i < count. */
void host_quantize_s32(const int32_t *values, size_t count, int32_t multiplier, uint32_t shift,
                       int32_t zero_point, int8_t *quantized) {
    for (size_t i = 0; i < count; i++) {
        quantized[i] = mote_quantize_s32_s8(values[i], multiplier, shift, zero_point);
    }
}
