#include "crc32.h"
#include "memory_channel.h"
#include "mote_test.h"
#include "reply.h"

static void begin(void) {
    memory_channel_begin("", 0);
}

static void test_integers(void) {
    begin();
    mote_reply_integer(&memory_channel, 0);
    mote_reply_text(&memory_channel, " ");
    mote_reply_integer(&memory_channel, -120);
    mote_reply_text(&memory_channel, " ");
    mote_reply_integer(&memory_channel, INT64_MAX);
    mote_reply_text(&memory_channel, " ");
    mote_reply_integer(&memory_channel, INT64_MIN);
    MOTE_CHECK_TEXT("0 -120 9223372036854775807 -9223372036854775808", memory_channel_output());
}

static void test_decimals_round_half_away_from_zero(void) {
    static const float values[] = {0.0f, 0.0625f, -0.0625f, 0.99609375f, 1.0f, -0.0001f, 123.5f};
    begin();
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        mote_reply_decimal_f32(&memory_channel, values[i]);
        mote_reply_text(&memory_channel, " ");
    }
    MOTE_CHECK_TEXT("0.000 0.063 -0.063 0.996 1.000 0.000 123.500 ", memory_channel_output());
}

static void test_hex_keeps_memory_order(void) {
    begin();
    mote_reply_line_hex(&memory_channel, "frame", (const uint8_t[]){0x00, 0x7f, 0xab, 0x10}, 4);
    MOTE_CHECK_TEXT("m-frame-[007fab10]\r\n", memory_channel_output());
}

static void test_crc32(void) {
    MOTE_CHECK_EQUAL(0, mote_crc32(0, "", 0));
    MOTE_CHECK_EQUAL(0xCBF43926, mote_crc32(0, "123456789", 9)); /* the standard's check value */
    MOTE_CHECK_EQUAL(0xCBF43926, mote_crc32(mote_crc32(0, "1234", 4), "56789", 5));
}

int main(void) {
    mote_test_begin();
    MOTE_RUN(test_integers);
    MOTE_RUN(test_decimals_round_half_away_from_zero);
    MOTE_RUN(test_hex_keeps_memory_order);
    MOTE_RUN(test_crc32);
    mote_test_end();
}
