/* Labels and features of the hand-made model: frames of 8 samples every 4, windows of 4 frames. */
#ifndef APPLICATION_H
#define APPLICATION_H

#include "mote_features.h"

#define APP_SAMPLE_RATE 8000u
#define APP_WINDOW_SAMPLES 20u
#define APP_STEP_SAMPLES 8u
#define APP_N_FRAMES 4u
#define APP_N_FEATURES 2u
#define APP_FRAME_LENGTH 8u
#define APP_HOP_LENGTH 4u
#define APP_FEATURES_SCRATCH 1u
#define APP_LABEL_COUNT 3u
#define APP_SMOOTHING_WINDOWS 2u
#define APP_SMOOTHING_THRESHOLD_Q8 150
#define APP_PARAMS_SHA256 "0000000000000000000000000000000000000000000000000000000000000000"

extern const char *const app_labels[APP_LABEL_COUNT];
extern const mote_features_config_t app_features;

#endif
