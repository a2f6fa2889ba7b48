/* The stream around the model of fixtures/model: 4 frames of 8 samples every 4; a window each 2
 * frames. */
#include "application.h"
#include "model.h"
#include "mote_test.h"
#include "stream.h"

#define N_SAMPLES 28u /* 6 frames: windows after the 4th and the 6th */

/* Steps of 32 per hop, so that each frame's mean is a whole number of input scales. */
static int16_t sample(size_t i) {
    return (int16_t)(64 * (int32_t)(i / 4u));
}

/* Pushes samples [begin, end) in pieces of at most `piece`; returns the windows completed. */
static uint32_t push(size_t begin, size_t end, size_t piece, uint32_t *n_frames) {
    uint32_t n_windows = 0;
    while (begin < end) {
        int16_t samples[N_SAMPLES];
        size_t n = end - begin < piece ? end - begin : piece;
        for (size_t i = 0; i < n; i++) {
            samples[i] = sample(begin + i);
        }
        mote_stream_event_t event;
        size_t n_taken = 0;
        MOTE_CHECK(mote_stream_push(samples, n, &n_taken, &event));
        begin += n_taken;
        *n_frames += event.frame != NULL ? 1u : 0u;
        n_windows += event.window ? 1u : 0u;
    }
    return n_windows;
}

/* Frame k has mean 32 + 64 k -> 2 k + 1 - 3 and peak 32 above it -> 1 - 3. */
static void check_window(size_t first_frame) {
    int32_t sum = 0;
    for (size_t i = 0; i < APP_N_FRAMES; i++) {
        int32_t mean = 2 * (int32_t)(first_frame + i) - 2;
        MOTE_CHECK_EQUAL(mean, mote_stream_row(i)[0]);
        MOTE_CHECK_EQUAL(-2, mote_stream_row(i)[1]);
        sum += mean;
    }
    MOTE_CHECK_EQUAL(sum, model_output()[0]);
    MOTE_CHECK_EQUAL(-8, model_output()[1]);
}

static void test_windows_come_every_step(void) {
    for (size_t piece = 1; piece <= N_SAMPLES; piece++) {
        uint32_t n_frames = 0;
        mote_stream_reset();
        MOTE_CHECK_EQUAL(0, push(0, 19, piece, &n_frames));
        MOTE_CHECK_EQUAL(1, push(19, 20, piece, &n_frames));
        MOTE_CHECK_EQUAL(4, n_frames);
        check_window(0);
        MOTE_CHECK_EQUAL(0, push(20, 27, piece, &n_frames));
        MOTE_CHECK_EQUAL(1, push(27, 28, piece, &n_frames));
        MOTE_CHECK_EQUAL(6, n_frames);
        check_window(2);
    }
}

static void test_position_is_where_the_stream_is(void) {
    mote_stream_event_t event;
    size_t n_taken = 0;
    const int16_t samples[N_SAMPLES] = {0};
    mote_stream_reset();
    mote_stream_push(samples, N_SAMPLES, &n_taken, &event);
    MOTE_CHECK_EQUAL(8, n_taken); /* the first frame */
    MOTE_CHECK_EQUAL(8, event.n_samples);
    mote_stream_push(samples, 3, &n_taken, &event);
    MOTE_CHECK_EQUAL(11, event.n_samples);
    mote_stream_reset();
    mote_stream_push(samples, 1, &n_taken, &event);
    MOTE_CHECK_EQUAL(1, event.n_samples);
}

static void test_reset_forgets(void) {
    uint32_t n_frames = 0;
    mote_stream_reset();
    push(0, 15, 15, &n_frames);
    mote_stream_reset();
    MOTE_CHECK_EQUAL(1, push(0, 20, 20, &n_frames));
    check_window(0);
}

static void test_inference_repeats_on_loaded_input(void) {
    uint32_t n_frames = 0;
    push(0, 17, 17, &n_frames);
    int8_t *input = mote_stream_load();
    for (int32_t i = 0; i < (int32_t)MODEL_INPUT_SIZE; i++) {
        input[i] = (int8_t)(i - 2);
    }
    for (int32_t run = 0; run < 2; run++) {
        mote_stream_infer();
        MOTE_CHECK_EQUAL(-2 + 0 + 2 + 4, model_output()[0]);
        MOTE_CHECK_EQUAL(-1 + 1 + 3 + 5, model_output()[1]);
        MOTE_CHECK_EQUAL(-10, model_output()[2]);
    }
}

int main(void) {
    mote_test_begin();
    mote_stream_init();
    MOTE_RUN(test_windows_come_every_step);
    MOTE_RUN(test_position_is_where_the_stream_is);
    MOTE_RUN(test_reset_forgets);
    MOTE_RUN(test_inference_repeats_on_loaded_input);
    mote_test_end();
}
