/* What only the host needs: whole arrays in one call, so that Python threads run side by side. */

#include "mote_features.h"

/* Streams each of samples[n_clips][n_samples][n_axes] through the block from its first sample on,
 * and writes features[n_clips][frames][n_features], 4 bytes each. The block's memory is this
 * thread's own. Returns the number of clips before the first that was refused. */
size_t host_extract(const mote_features_config_t *config, const char *samples, size_t n_clips,
                    size_t n_samples, void *frame, void *state, void *scratch, char *values) {
    const size_t value_size = config->sample_type == MOTE_SAMPLES_F32 ? 4 : 2;
    const size_t sample_size = value_size * config->n_axes;
    mote_features_t features;
    mote_features_init(&features, config, frame, state, scratch);
    for (size_t clip = 0; clip < n_clips; clip++) {
        mote_features_reset(&features);
        size_t left = n_samples;
        while (left > 0) {
            size_t taken;
            bool ready;
            if (mote_features_push(&features, samples, left, &taken, values, &ready) !=
                MOTE_FEATURES_OK) {
                return clip;
            }
            samples += taken * sample_size;
            left -= taken;
            if (ready) {
                values += config->n_features * 4u;
            }
        }
    }
    return n_clips;
}

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
