/* What only the host needs: whole arrays in one call, so that Python threads run side by side. */

#include "mote_features.h"

/* Streams each of samples[n_clips][n_samples] through the block from its first sample on, and
 * writes features[n_clips][frames][n_features]. frame[frame_length] and scratch[scratch_length]
 * are this thread's own. */
void host_extract(const mote_features_config_t *config, const int16_t *samples, size_t n_clips,
                  size_t n_samples, int16_t *frame, float *scratch, float *features) {
    mote_features_t state;
    mote_features_init(&state, config, frame, scratch);
    for (size_t clip = 0; clip < n_clips; clip++) {
        mote_features_reset(&state);
        size_t taken = 0;
        while (taken < n_samples) {
            bool ready;
            taken +=
                mote_features_push(&state, samples + taken, n_samples - taken, features, &ready);
            if (ready) {
                features += config->n_features;
            }
        }
        samples += n_samples;
    }
}

/* quantized[i] = mote_quantize_f32_s8(values[i], scale, zero_point) for i < count. */
void host_quantize(const float *values, size_t count, float scale, int32_t zero_point,
                   int8_t *quantized) {
    for (size_t i = 0; i < count; i++) {
        quantized[i] = mote_quantize_f32_s8(values[i], scale, zero_point);
    }
}
