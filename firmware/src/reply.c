#include "reply.h"

#include <string.h>

#define INTEGER_DIGITS 20u /* of 2^64 - 1 */

static void put(const mote_channel_t *channel, const char *text, size_t count) {
    channel->write(text, count);
}

void mote_reply_text(const mote_channel_t *channel, const char *text) {
    put(channel, text, strlen(text));
}

static void put_unsigned(const mote_channel_t *channel, uint64_t value, size_t min_digits) {
    char digits[INTEGER_DIGITS];
    size_t begin = INTEGER_DIGITS;
    do {
        digits[--begin] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value > 0u || INTEGER_DIGITS - begin < min_digits);
    put(channel, &digits[begin], INTEGER_DIGITS - begin);
}

void mote_reply_integer(const mote_channel_t *channel, int64_t value) {
    if (value < 0) {
        put(channel, "-", 1);
    }
    put_unsigned(channel, value < 0 ? 0u - (uint64_t)value : (uint64_t)value, 1);
}

void mote_reply_hex(const mote_channel_t *channel, const void *bytes, size_t count) {
    static const char digits[] = "0123456789abcdef";
    const uint8_t *next = bytes;
    for (size_t i = 0; i < count; i++) {
        const char pair[2] = {digits[next[i] >> 4], digits[next[i] & 15u]};
        put(channel, pair, sizeof pair);
    }
}

void mote_reply_decimal_f32(const mote_channel_t *channel, float value) {
    float magnitude = value < 0.0f ? -value : value;
    uint32_t thousandths = (uint32_t)(magnitude * 1000.0f + 0.5f);
    if (value < 0.0f && thousandths > 0u) {
        put(channel, "-", 1);
    }
    put_unsigned(channel, thousandths / 1000u, 1);
    put(channel, ".", 1);
    put_unsigned(channel, thousandths % 1000u, 3);
}

static void begin_line(const mote_channel_t *channel, const char *name) {
    mote_reply_text(channel, "m-");
    mote_reply_text(channel, name);
    mote_reply_text(channel, "-[");
}

void mote_reply_line_text(const mote_channel_t *channel, const char *name, const char *value) {
    begin_line(channel, name);
    mote_reply_text(channel, value);
    mote_reply_text(channel, "]\r\n");
}

void mote_reply_line_integer(const mote_channel_t *channel, const char *name, int64_t value) {
    begin_line(channel, name);
    mote_reply_integer(channel, value);
    mote_reply_text(channel, "]\r\n");
}

void mote_reply_line_hex(const mote_channel_t *channel, const char *name, const void *bytes,
                         size_t count) {
    begin_line(channel, name);
    mote_reply_hex(channel, bytes, count);
    mote_reply_text(channel, "]\r\n");
}

void mote_reply_error(const mote_channel_t *channel, const char *reason) {
    mote_reply_text(channel, "e-[");
    mote_reply_text(channel, reason);
    mote_reply_text(channel, "]\r\n");
}
