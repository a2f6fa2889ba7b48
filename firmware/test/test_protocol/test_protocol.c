/* The protocol, bytes in and text out, with the model of fixtures/model. */
#include <string.h>

#include "memory_channel.h"
#include "mote_test.h"
#include "protocol.h"

#define GREETING_END "m-init-done\r\nm-ready\r\n"

/* Runs the protocol on `count` bytes and returns its replies, without the greeting. */
static const char *run(const void *input, size_t count) {
    memory_channel_begin(input, count);
    mote_protocol_run(&memory_channel);
    const char *greeting_end = strstr(memory_channel_output(), GREETING_END);
    return greeting_end == NULL ? "no greeting" : greeting_end + strlen(GREETING_END);
}

static const char *run_text(const char *input) {
    return run(input, strlen(input));
}

static void test_greeting(void) {
    memory_channel_begin("", 0);
    mote_protocol_run(&memory_channel);
    const char *greeting = "m-timestamp-mode-performance\r\nm-lap-us-";
    MOTE_CHECK(strncmp(greeting, memory_channel_output(), strlen(greeting)) == 0);
}

static void test_names(void) {
    MOTE_CHECK_TEXT("m-name-dut-[moteflow]\r\nm-ready\r\n", run_text("name%"));
    MOTE_CHECK_TEXT("m-profile-[ULPMark for tinyML Firmware V0.0.1]\r\nm-model-[fixture]\r\n"
                    "m-ready\r\n",
                    run_text("profile%"));
}

static void test_line_ends_and_spaces_are_ignored(void) {
    MOTE_CHECK_TEXT("m-name-dut-[moteflow]\r\nm-ready\r\n", run_text("\r\n  name %\r\n"));
}

static void test_unknown_commands(void) {
    MOTE_CHECK_TEXT("e-[unknown command]\r\nm-ready\r\n", run_text("names%"));
    MOTE_CHECK_TEXT("e-[unknown command]\r\nm-ready\r\n", run_text("%"));
}

static void test_unfinished_command_is_dropped(void) {
    MOTE_CHECK_TEXT("", run_text("name"));
}

static void test_command_length(void) {
    char input[MOTE_COMMAND_LENGTH + 2u];
    memset(input, ' ', sizeof input);
    memcpy(input, "name", 4);
    input[MOTE_COMMAND_LENGTH] = '%';
    MOTE_CHECK_TEXT("m-name-dut-[moteflow]\r\nm-ready\r\n", run(input, sizeof input - 1u));
    input[MOTE_COMMAND_LENGTH] = ' ';
    input[MOTE_COMMAND_LENGTH + 1u] = '%';
    MOTE_CHECK_TEXT("e-[command too long]\r\nm-ready\r\n", run(input, sizeof input));
}

static void test_load_and_results(void) {
    MOTE_CHECK_TEXT("m-[Expecting 8 bytes]\r\nm-ready\r\nm-ready\r\nm-load-done\r\nm-ready\r\n",
                    run_text("db load 8%db fF00%db 010203040506%"));
    const char *replies = run_text("db load 8%db 0101010101010101%infer 2 1%");
    MOTE_CHECK(strstr(replies, "m-warmup-start-1\r\nm-warmup-done\r\nm-infer-start-2\r\n"
                               "m-lap-us-") != NULL);
    /* 4, 4 and 0, less the zero point -128, times 2^-8. */
    MOTE_CHECK(strstr(replies, "m-infer-done\r\nm-results-[0.516,0.516,0.500]\r\nm-ready\r\n") !=
               NULL);
}

static void test_load_errors(void) {
    const char *wrong_size = "e-[db load takes the size of the model's input: 8]\r\nm-ready\r\n";
    MOTE_CHECK_TEXT(wrong_size, run_text("db load 7%"));
    MOTE_CHECK_TEXT(wrong_size, run_text("db load%"));
    MOTE_CHECK_TEXT(wrong_size, run_text("db load -8%"));
    MOTE_CHECK_TEXT("e-[db load N comes first]\r\nm-ready\r\n", run_text("db 00%"));
    MOTE_CHECK_TEXT("e-[db takes load N or hexadecimal digits]\r\nm-ready\r\n", run_text("db%"));
    MOTE_CHECK_TEXT("m-[Expecting 8 bytes]\r\nm-ready\r\n"
                    "e-[db takes pairs of hexadecimal digits]\r\nm-ready\r\n"
                    "e-[db takes pairs of hexadecimal digits]\r\nm-ready\r\n",
                    run_text("db load 8%db 012%db 0g%"));
}

static void test_infer_errors(void) {
    const char *error = "e-[infer takes N > 0 and W >= 0]\r\nm-ready\r\n";
    MOTE_CHECK_TEXT(error, run_text("infer 0%"));
    MOTE_CHECK_TEXT(error, run_text("infer 1 x%"));
    MOTE_CHECK_TEXT(error, run_text("infer 2147483648%"));
}

/* 20 samples of 0 and the CRC-32 of 40 zero bytes: one window of zeros, int8 -3. */
#define ZEROS_20 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define CRC_OF_ZEROS_20 "\xb1\x3d\xec\xe9"

static void test_samples(void) {
    static const char input[] = "reset%samples 20%" ZEROS_20 CRC_OF_ZEROS_20;
    MOTE_CHECK_TEXT("m-ready\r\nm-logits-[f4f400]\r\nm-label-[2]\r\nm-smoothed-[-1]\r\n"
                    "m-ready\r\n",
                    run(input, sizeof input - 1u));
}

static void test_trace(void) {
    static const char input[] = "trace 1%samples 20%" ZEROS_20 CRC_OF_ZEROS_20 "trace 0%";
    MOTE_CHECK_TEXT("m-ready\r\n"
                    "m-frame-[0000000000000000]\r\nm-frame-[0000000000000000]\r\n"
                    "m-frame-[0000000000000000]\r\nm-frame-[0000000000000000]\r\n"
                    "m-input-[fdfdfdfdfdfdfdfd]\r\n"
                    "m-logits-[f4f400]\r\nm-label-[2]\r\nm-smoothed-[-1]\r\nm-ready\r\n"
                    "m-ready\r\n",
                    run(input, sizeof input - 1u));
    MOTE_CHECK_TEXT("e-[trace takes 0 or 1]\r\nm-ready\r\n", run_text("trace 2%"));
}

/* A peak in every hop of 4 samples: label 1 is heard in each of three windows, 8 samples apart; the
 * one after an event is suppressed. */
static void test_events(void) {
#define PEAK "\0\2\0\0\0\0\0\0"
    static const char input[] =
        "reset%samples 36%" PEAK PEAK PEAK PEAK PEAK PEAK PEAK PEAK PEAK "\x30\x10\x01\x05";
    MOTE_CHECK_TEXT("m-ready\r\n"
                    "m-logits-[0424b0]\r\nm-label-[1]\r\nm-event-[20,1,164]\r\nm-smoothed-[1]\r\n"
                    "m-logits-[0424b0]\r\nm-label-[1]\r\nm-smoothed-[1]\r\n"
                    "m-logits-[0424b0]\r\nm-label-[1]\r\nm-event-[36,1,164]\r\nm-smoothed-[1]\r\n"
                    "m-ready\r\n",
                    run(input, sizeof input - 1u));
}

static void test_no_samples(void) {
    static const char input[] = "samples 0%\0\0\0\0";
    MOTE_CHECK_TEXT("m-ready\r\n", run(input, sizeof input - 1u));
    MOTE_CHECK_TEXT("e-[samples takes their number]\r\nm-ready\r\n", run_text("samples%"));
}

static void test_wrong_crc(void) {
    static const char input[] = "samples 20%" ZEROS_20 "\xb1\x3d\xec\xe8name%";
    MOTE_CHECK_TEXT("e-[crc]\r\nm-ready\r\nm-name-dut-[moteflow]\r\nm-ready\r\n",
                    run(input, sizeof input - 1u));
}

static void test_truncated_samples(void) {
    static const char input[] = "samples 20%" ZEROS_20 "\xb1\x3d\xec";
    MOTE_CHECK_TEXT("e-[truncated]\r\nm-ready\r\n", run(input, sizeof input - 1u));
    MOTE_CHECK_TEXT("e-[truncated]\r\nm-ready\r\n", run(input, sizeof "samples 20%"));
}

/* More samples than one chunk; the CRC-32 of 2 * 200 zero bytes. */
static void test_many_chunks(void) {
    static char input[sizeof "samples 200%" - 1u + 400u + 4u] = "samples 200%";
    memcpy(&input[sizeof input - 4u], "\x0c\x0d\x22\x46", 4);
    const char *replies = run(input, sizeof input);
    size_t n_windows = 0;
    for (const char *next = replies; (next = strstr(next, "m-logits-[")) != NULL; next++) {
        n_windows++;
    }
    MOTE_CHECK_EQUAL(1u + (200u - 20u) / 8u, n_windows);
}

int main(void) {
    mote_test_begin();
    MOTE_RUN(test_greeting);
    MOTE_RUN(test_names);
    MOTE_RUN(test_line_ends_and_spaces_are_ignored);
    MOTE_RUN(test_unknown_commands);
    MOTE_RUN(test_unfinished_command_is_dropped);
    MOTE_RUN(test_command_length);
    MOTE_RUN(test_load_errors);
    MOTE_RUN(test_load_and_results);
    MOTE_RUN(test_infer_errors);
    MOTE_RUN(test_samples);
    MOTE_RUN(test_trace);
    MOTE_RUN(test_events);
    MOTE_RUN(test_no_samples);
    MOTE_RUN(test_wrong_crc);
    MOTE_RUN(test_truncated_samples);
    MOTE_RUN(test_many_chunks);
    mote_test_end();
}
