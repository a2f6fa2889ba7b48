#include "application.h"

const char *const app_labels[APP_LABEL_COUNT] = {"first", "second", "third"};

/* features[0]: the mean, features[1]: the peak above it. */
static void compute(const int16_t *frame, const void *parameters, float *scratch,
                    float *features) {
    (void)parameters;
    (void)scratch;
    int32_t sum = 0;
    int32_t peak = INT16_MIN;
    for (uint32_t i = 0; i < APP_FRAME_LENGTH; i++) {
        sum += frame[i];
        peak = frame[i] > peak ? frame[i] : peak;
    }
    features[0] = (float)sum / (float)APP_FRAME_LENGTH;
    features[1] = (float)peak - features[0];
}

const mote_features_config_t app_features = {
    .compute = compute,
    .parameters = 0,
    .frame_length = APP_FRAME_LENGTH,
    .hop_length = APP_HOP_LENGTH,
    .n_features = APP_N_FEATURES,
    .scratch_length = APP_FEATURES_SCRATCH,
};
