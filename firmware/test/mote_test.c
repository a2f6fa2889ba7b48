#include "mote_test.h"

#include <string.h>

#include "mote_port.h"
#include "reply.h"

static const mote_channel_t console = {.read = mote_port_read, .write = mote_port_write};

static const char *test_name;
static const char *test_file;
static bool passing;
static int64_t n_failed;

/* Begins the line of the running test's first failure; false if one was reported already. */
static bool fail(int32_t line) {
    if (!passing) {
        return false;
    }
    passing = false;
    n_failed++;
    mote_reply_text(&console, test_file);
    mote_reply_text(&console, ":");
    mote_reply_integer(&console, line);
    mote_reply_text(&console, ":");
    mote_reply_text(&console, test_name);
    mote_reply_text(&console, ":FAIL: ");
    return true;
}

void mote_test_begin(void) {
    mote_port_init();
}

_Noreturn void mote_test_end(void) {
    mote_reply_line_integer(&console, "tests-failed", n_failed);
    mote_port_exit(n_failed == 0 ? 0 : 1);
}

void mote_test_run(void (*test)(void), const char *name, const char *file, int32_t line) {
    test_name = name;
    test_file = file;
    passing = true;
    test();
    if (passing) {
        mote_reply_text(&console, file);
        mote_reply_text(&console, ":");
        mote_reply_integer(&console, line);
        mote_reply_text(&console, ":");
        mote_reply_text(&console, name);
        mote_reply_text(&console, ":PASS\r\n");
    }
}

void mote_test_check(bool condition, const char *text, int32_t line) {
    if (!condition && fail(line)) {
        mote_reply_text(&console, text);
        mote_reply_text(&console, "\r\n");
    }
}

void mote_test_check_equal(int64_t expected, int64_t actual, const char *text, int32_t line) {
    if (expected != actual && fail(line)) {
        mote_reply_text(&console, text);
        mote_reply_text(&console, ": expected ");
        mote_reply_integer(&console, expected);
        mote_reply_text(&console, ", actual ");
        mote_reply_integer(&console, actual);
        mote_reply_text(&console, "\r\n");
    }
}

void mote_test_check_text(const char *expected, const char *actual, const char *text,
                          int32_t line) {
    if (strcmp(expected, actual) != 0 && fail(line)) {
        mote_reply_text(&console, text);
        mote_reply_text(&console, ": expected hex ");
        mote_reply_hex(&console, expected, strlen(expected));
        mote_reply_text(&console, ", actual hex ");
        mote_reply_hex(&console, actual, strlen(actual));
        mote_reply_text(&console, "\r\n");
    }
}
