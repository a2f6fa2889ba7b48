/* A small test framework: prints one line per test over the board's transport.
 *
 *   static void test_something(void) { MOTE_CHECK_EQUAL(4, 2 + 2); }
 *   int main(void) { mote_test_begin(); MOTE_RUN(test_something); mote_test_end(); }
 *
 * Lines are "<file>:<line>:<test>:PASS" or "...:FAIL: <reason>"; test_custom_runner.py reads them.
 */
#ifndef MOTE_TEST_H
#define MOTE_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOTE_CHECK(condition) mote_test_check((condition), #condition, __LINE__)

/* Integers of up to 64 bits. */
#define MOTE_CHECK_EQUAL(expected, actual)                                                         \
    mote_test_check_equal((int64_t)(expected), (int64_t)(actual), #actual, __LINE__)

/* Zero-terminated text. */
#define MOTE_CHECK_TEXT(expected, actual)                                                          \
    mote_test_check_text((expected), (actual), #actual, __LINE__)

#define MOTE_RUN(test) mote_test_run((test), #test, __FILE__, __LINE__)

/* Sets up the port. To be called once, first. */
void mote_test_begin(void);

/* Prints the number of failed tests and leaves; status 0 if none failed. */
_Noreturn void mote_test_end(void);

void mote_test_run(void (*test)(void), const char *name, const char *file, int32_t line);
void mote_test_check(bool condition, const char *text, int32_t line);
void mote_test_check_equal(int64_t expected, int64_t actual, const char *text, int32_t line);
void mote_test_check_text(const char *expected, const char *actual, const char *text, int32_t line);

#endif
