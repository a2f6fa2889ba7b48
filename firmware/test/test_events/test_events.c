#include "mote_events.h"
#include "mote_test.h"

#define N_LABELS 3u
#define N_WINDOWS 2u

static uint8_t history[N_WINDOWS * N_LABELS];
static const uint8_t background[N_LABELS] = {0, 0, 1};
static mote_events_config_t config = {
    .n_labels = N_LABELS, .n_windows = N_WINDOWS, .background = background};
static mote_events_t state;

static void begin(uint32_t threshold, uint32_t suppression_windows) {
    config.threshold = threshold;
    config.suppression_windows = suppression_windows;
    mote_events_init(&state, &config, history);
}

static mote_decision_t push(uint8_t first, uint8_t second, uint8_t third) {
    const uint8_t scores[N_LABELS] = {first, second, third};
    return mote_events_push(&state, scores);
}

static void test_first_window_counts_alone(void) {
    begin(228, 0);
    mote_decision_t decision = push(0, 228, 28);
    MOTE_CHECK_EQUAL(1, decision.label);
    MOTE_CHECK_EQUAL(228, decision.score);
    MOTE_CHECK(decision.event);
}

static void test_mean_just_below_threshold_is_none(void) {
    begin(229, 0);
    mote_decision_t decision = push(0, 228, 28);
    MOTE_CHECK_EQUAL(MOTE_EVENTS_NO_LABEL, decision.label);
    MOTE_CHECK_EQUAL(228, decision.score);
    MOTE_CHECK(!decision.event);
}

static void test_mean_is_compared_exactly(void) {
    /* Means of 200 and 201: 200.5, below 201. */
    begin(201, 0);
    push(200, 0, 0);
    mote_decision_t decision = push(201, 0, 0);
    MOTE_CHECK_EQUAL(MOTE_EVENTS_NO_LABEL, decision.label);
    MOTE_CHECK_EQUAL(200, decision.score);
    begin(200, 0);
    push(200, 0, 0);
    MOTE_CHECK_EQUAL(0, push(201, 0, 0).label);
}

static void test_old_windows_leave(void) {
    begin(0, 0);
    push(255, 0, 0);
    push(0, 0, 128);
    MOTE_CHECK_EQUAL(2, push(0, 0, 128).label);
}

static void test_first_of_equals_wins(void) {
    begin(0, 0);
    MOTE_CHECK_EQUAL(1, push(127, 133, 133).label);
}

static void test_full_scale(void) {
    begin(256, 0);
    MOTE_CHECK_EQUAL(MOTE_EVENTS_NO_LABEL, push(255, 255, 255).label);
    begin(255, 0);
    push(255, 255, 255);
    MOTE_CHECK_EQUAL(0, push(255, 255, 255).label);
}

static void test_background_is_a_label_but_no_event(void) {
    begin(100, 5);
    mote_decision_t decision = push(0, 0, 255);
    MOTE_CHECK_EQUAL(2, decision.label);
    MOTE_CHECK(!decision.event);
    MOTE_CHECK(push(255, 0, 0).event); /* nothing was suppressed */
}

static void test_suppression_silences_every_label(void) {
    begin(100, 2);
    MOTE_CHECK(push(255, 0, 0).event);
    MOTE_CHECK(!push(255, 0, 0).event);
    mote_decision_t other = push(0, 255, 0);
    MOTE_CHECK_EQUAL(0, other.label);
    MOTE_CHECK(!other.event);
    MOTE_CHECK(push(0, 255, 0).event);
    MOTE_CHECK(!push(0, 255, 0).event);
}

static void test_reset_forgets(void) {
    begin(100, 9);
    MOTE_CHECK(push(255, 0, 0).event);
    mote_events_reset(&state);
    mote_decision_t decision = push(0, 120, 0);
    MOTE_CHECK_EQUAL(1, decision.label);
    MOTE_CHECK(decision.event);
}

static void test_one_label(void) {
    static const uint8_t foreground[1] = {0};
    const mote_events_config_t single = {
        .n_labels = 1, .n_windows = 2, .threshold = 230, .background = foreground};
    mote_events_init(&state, &single, history);
    MOTE_CHECK(!mote_events_push(&state, (const uint8_t[]){205}).event);
    MOTE_CHECK(mote_events_push(&state, (const uint8_t[]){255}).event);
}

int main(void) {
    mote_test_begin();
    MOTE_RUN(test_first_window_counts_alone);
    MOTE_RUN(test_mean_just_below_threshold_is_none);
    MOTE_RUN(test_mean_is_compared_exactly);
    MOTE_RUN(test_old_windows_leave);
    MOTE_RUN(test_first_of_equals_wins);
    MOTE_RUN(test_full_scale);
    MOTE_RUN(test_background_is_a_label_but_no_event);
    MOTE_RUN(test_suppression_silences_every_label);
    MOTE_RUN(test_reset_forgets);
    MOTE_RUN(test_one_label);
    mote_test_end();
}
