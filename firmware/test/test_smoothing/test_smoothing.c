#include "mote_test.h"
#include "smoothing.h"

#define N_LABELS 3u
#define N_WINDOWS 2u

static uint8_t history[N_WINDOWS * N_LABELS];
static mote_smoothing_t state;

static void begin(uint32_t threshold_q8) {
    mote_smoothing_init(&state, history, N_LABELS, N_WINDOWS, threshold_q8);
}

static void test_first_window_counts_alone(void) {
    begin(228);
    MOTE_CHECK_EQUAL(1, mote_smoothing_push_s8(&state, (const int8_t[]){-128, 100, -100}));
}

static void test_mean_just_below_threshold_is_none(void) {
    begin(229);
    MOTE_CHECK_EQUAL(-1, mote_smoothing_push_s8(&state, (const int8_t[]){-128, 100, -100}));
}

static void test_mean_is_exact_not_rounded(void) {
    /* Means of 200 and 201: 200.5, below 201. */
    begin(201);
    mote_smoothing_push_s8(&state, (const int8_t[]){72, -128, -128});
    MOTE_CHECK_EQUAL(-1, mote_smoothing_push_s8(&state, (const int8_t[]){73, -128, -128}));
    begin(200);
    mote_smoothing_push_s8(&state, (const int8_t[]){72, -128, -128});
    MOTE_CHECK_EQUAL(0, mote_smoothing_push_s8(&state, (const int8_t[]){73, -128, -128}));
}

static void test_old_windows_leave(void) {
    begin(0);
    mote_smoothing_push_s8(&state, (const int8_t[]){127, -128, -128});
    mote_smoothing_push_s8(&state, (const int8_t[]){-128, -128, 0});
    MOTE_CHECK_EQUAL(2, mote_smoothing_push_s8(&state, (const int8_t[]){-128, -128, 0}));
}

static void test_first_of_equals_wins(void) {
    begin(0);
    MOTE_CHECK_EQUAL(1, mote_smoothing_push_s8(&state, (const int8_t[]){-1, 5, 5}));
}

static void test_full_scale(void) {
    begin(256);
    MOTE_CHECK_EQUAL(-1, mote_smoothing_push_s8(&state, (const int8_t[]){127, 127, 127}));
    begin(255);
    mote_smoothing_push_s8(&state, (const int8_t[]){127, 127, 127});
    MOTE_CHECK_EQUAL(0, mote_smoothing_push_s8(&state, (const int8_t[]){127, 127, 127}));
}

static void test_reset_forgets(void) {
    begin(0);
    mote_smoothing_push_s8(&state, (const int8_t[]){127, -128, -128});
    mote_smoothing_reset(&state);
    MOTE_CHECK_EQUAL(2, mote_smoothing_push_s8(&state, (const int8_t[]){-128, -128, -127}));
}

int main(void) {
    mote_test_begin();
    MOTE_RUN(test_first_window_counts_alone);
    MOTE_RUN(test_mean_just_below_threshold_is_none);
    MOTE_RUN(test_mean_is_exact_not_rounded);
    MOTE_RUN(test_old_windows_leave);
    MOTE_RUN(test_first_of_equals_wins);
    MOTE_RUN(test_full_scale);
    MOTE_RUN(test_reset_forgets);
    mote_test_end();
}
