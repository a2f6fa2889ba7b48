#include "normalize.h"

#include <string.h>

#include "mark.h"

#if APP_CMVN == MOTE_CMVN_NONE

void mote_normalize_reset(void) {
}

void mote_normalize_frame(const app_feature_t frame[APP_N_FEATURES], size_t place,
                          int8_t row[APP_N_FEATURES]) {
    (void)place;
    for (size_t i = 0; i < APP_N_FEATURES; i++) {
        row[i] = app_quantize(frame[i]);
    }
}

void mote_normalize_window(size_t oldest, int8_t rows[APP_N_FRAMES][APP_N_FEATURES]) {
    (void)oldest;
    (void)rows;
}

#elif APP_CMVN == MOTE_CMVN_WINDOW

/* As they came: windows overlap, and each has statistics of its own. */
static float frames[APP_N_FRAMES][APP_N_FEATURES];

void mote_normalize_reset(void) {
}

void mote_normalize_frame(const app_feature_t frame[APP_N_FEATURES], size_t place,
                          int8_t row[APP_N_FEATURES]) {
    (void)row;
    memcpy(frames[place], frame, sizeof frames[place]);
}

/* Feature after feature, so that a copy of that one's values is all it takes. */
void mote_normalize_window(size_t oldest, int8_t rows[APP_N_FRAMES][APP_N_FEATURES]) {
    static float values[APP_N_FRAMES];
    mote_cmvn_t cmvn = app_cmvn;
    cmvn.n_features = 1;
    mote_mark_features_begin();
    for (size_t feature = 0; feature < APP_N_FEATURES; feature++) {
        for (size_t i = 0; i < APP_N_FRAMES; i++) {
            values[i] = frames[(oldest + i) % APP_N_FRAMES][feature];
        }
        mote_cmvn_window_f32(&cmvn, values, APP_N_FRAMES);
        for (size_t i = 0; i < APP_N_FRAMES; i++) {
            rows[(oldest + i) % APP_N_FRAMES][feature] = app_quantize(values[i]);
        }
    }
    mote_mark_features_end();
}

#else

#if APP_CMVN == MOTE_CMVN_SLIDING

static float history_rows[APP_CMVN_FRAMES * APP_N_FEATURES];
static mote_cmvn_history_t history;

void mote_normalize_reset(void) {
    history = (mote_cmvn_history_t){.rows = history_rows};
}

static void normalize(float row[APP_N_FEATURES]) {
    mote_cmvn_sliding_f32(&app_cmvn, &history, row, 1);
}

#else

void mote_normalize_reset(void) {
}

static void normalize(float row[APP_N_FEATURES]) {
    mote_cmvn_training_f32(&app_cmvn, row, 1);
}

#endif

void mote_normalize_frame(const app_feature_t frame[APP_N_FEATURES], size_t place,
                          int8_t row[APP_N_FEATURES]) {
    static float values[APP_N_FEATURES];
    (void)place;
    mote_mark_features_begin();
    memcpy(values, frame, sizeof values);
    normalize(values);
    for (size_t i = 0; i < APP_N_FEATURES; i++) {
        row[i] = app_quantize(values[i]);
    }
    mote_mark_features_end();
}

void mote_normalize_window(size_t oldest, int8_t rows[APP_N_FRAMES][APP_N_FEATURES]) {
    (void)oldest;
    (void)rows;
}

#endif
