#include "stream.h"

#include <assert.h>
#include <string.h>

#include "mark.h"
#include "model.h"

#define STEP_FRAMES (APP_STEP_SAMPLES / APP_HOP_LENGTH)
/* Bytes as words of MOTE_FEATURES_ALIGNMENT; an array has at least one element. */
#define WORDS(bytes) ((bytes) / sizeof(uint64_t) + 1u)

static_assert(MODEL_INPUT_SIZE == APP_N_FRAMES * APP_N_FEATURES, "model and features disagree");
static_assert(MODEL_OUTPUT_SIZE == APP_LABEL_COUNT, "model and labels disagree");
static_assert(STEP_FRAMES > 0u && APP_STEP_SAMPLES % APP_HOP_LENGTH == 0u,
              "a step is a positive whole number of hops");

static mote_features_t features;
static uint64_t frame_buffer[WORDS(APP_FRAME_LENGTH * APP_N_AXES * sizeof(app_sample_t))];
static uint64_t block_state[WORDS(APP_FEATURES_STATE)];
static uint64_t scratch[WORDS(APP_FEATURES_SCRATCH)];
static _Alignas(MOTE_FEATURES_ALIGNMENT) app_feature_t frame[APP_N_FEATURES];

static int8_t rows[APP_N_FRAMES][APP_N_FEATURES]; /* ring of the last frames */
static size_t oldest_row;
static size_t frames_to_window;
static uint32_t n_samples;

void mote_stream_init(void) {
    mote_features_init(&features, &app_features, frame_buffer, block_state, scratch);
    mote_stream_reset();
}

void mote_stream_reset(void) {
    mote_features_reset(&features);
    model_init();
    memset(rows, 0, sizeof rows);
    oldest_row = 0;
    frames_to_window = APP_N_FRAMES;
    n_samples = 0;
}

static void keep_frame(void) {
    for (size_t i = 0; i < APP_N_FEATURES; i++) {
        rows[oldest_row][i] = app_quantize(frame[i]);
    }
    oldest_row = (oldest_row + 1u) % APP_N_FRAMES;
}

bool mote_stream_push(const app_sample_t *samples, size_t count, size_t *taken,
                      mote_stream_event_t *event) {
    bool ready = false;
    mote_mark_features_begin();
    const mote_features_status_t status =
        mote_features_push(&features, samples, count, taken, frame, &ready);
    mote_mark_features_end();

    n_samples += (uint32_t)*taken;
    event->n_samples = n_samples;
    event->frame = ready ? frame : NULL;
    event->window = false;
    if (ready) {
        keep_frame();
        frames_to_window--;
        if (frames_to_window == 0u) {
            frames_to_window = STEP_FRAMES;
            mote_stream_infer();
            event->window = true;
        }
    }
    return status == MOTE_FEATURES_OK;
}

const int8_t *mote_stream_row(size_t frame_index) {
    return rows[(oldest_row + frame_index) % APP_N_FRAMES];
}

int8_t *mote_stream_load(void) {
    mote_stream_reset();
    return rows[0];
}

void mote_stream_infer(void) {
    int8_t *input = model_input();
    for (size_t i = 0; i < APP_N_FRAMES; i++) {
        memcpy(&input[i * APP_N_FEATURES], mote_stream_row(i), APP_N_FEATURES);
    }
    mote_mark_inference_begin();
    model_invoke();
    mote_mark_inference_end();
}
