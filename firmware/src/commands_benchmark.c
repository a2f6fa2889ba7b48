/* MLPerf Tiny's commands on the model's input bytes. The bytes lie in the stream's window, so they
 * cost no memory of their own and stay intact from one inference to the next.
 */
#include "commands.h"

#include <string.h>

#include "model.h"
#include "mote_port.h"
#include "reply.h"
#include "stream.h"

#define DEFAULT_WARMUPS 10u

static int8_t *input;      /* where db writes; NULL until db load */
static uint32_t n_loaded;

static bool hex_digit(char digit, uint32_t *value) {
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = digit == '\0' ? NULL : strchr(digits, digit);
    if (found == NULL) {
        return false;
    }
    *value = (uint32_t)(found - digits) & 15u;
    return true;
}

static void begin_load(const mote_channel_t *channel, const char *count) {
    uint32_t n = 0;
    input = NULL;
    if (!mote_parse_number(count, &n) || n != MODEL_INPUT_SIZE) {
        mote_reply_text(channel, "e-[db load takes the size of the model's input: ");
        mote_reply_integer(channel, MODEL_INPUT_SIZE);
        mote_reply_text(channel, "]\r\n");
        return;
    }
    input = mote_stream_load();
    n_loaded = 0;
    mote_reply_text(channel, "m-[Expecting ");
    mote_reply_integer(channel, n);
    mote_reply_text(channel, " bytes]\r\n");
}

static void load_hex(const mote_channel_t *channel, const char *digits) {
    while (*digits != '\0' && n_loaded < MODEL_INPUT_SIZE) {
        uint32_t high = 0;
        uint32_t low = 0;
        if (!hex_digit(digits[0], &high) || !hex_digit(digits[1], &low)) {
            mote_reply_error(channel, "db takes pairs of hexadecimal digits");
            return;
        }
        input[n_loaded++] = (int8_t)(high << 4 | low);
        digits += 2;
    }
    if (n_loaded == MODEL_INPUT_SIZE) {
        mote_reply_text(channel, "m-load-done\r\n");
    }
}

void mote_command_db(const mote_channel_t *channel, char *rest) {
    const char *word = mote_next_word(&rest);
    if (word == NULL) {
        mote_reply_error(channel, "db takes load N or hexadecimal digits");
    } else if (strcmp(word, "load") == 0) {
        begin_load(channel, mote_next_word(&rest));
    } else if (input == NULL) {
        mote_reply_error(channel, "db load N comes first");
    } else {
        load_hex(channel, word);
    }
}

void mote_command_infer(const mote_channel_t *channel, char *rest) {
    uint32_t n = 1;
    uint32_t n_warmups = DEFAULT_WARMUPS;
    const char *first = mote_next_word(&rest);
    const char *second = mote_next_word(&rest);
    if ((first != NULL && (!mote_parse_number(first, &n) || n == 0u)) ||
        (second != NULL && !mote_parse_number(second, &n_warmups))) {
        mote_reply_error(channel, "infer takes N > 0 and W >= 0");
        return;
    }
    mote_reply_text(channel, "m-warmup-start-");
    mote_reply_integer(channel, n_warmups);
    mote_reply_text(channel, "\r\n");
    for (uint32_t i = 0; i < n_warmups; i++) {
        mote_stream_infer();
    }
    mote_reply_text(channel, "m-warmup-done\r\nm-infer-start-");
    mote_reply_integer(channel, n);
    mote_reply_text(channel, "\r\n");
    mote_command_timestamp(channel, NULL);
    for (uint32_t i = 0; i < n; i++) {
        mote_stream_infer();
    }
    mote_command_timestamp(channel, NULL);
    mote_reply_text(channel, "m-infer-done\r\n");
    mote_command_results(channel, NULL);
}

void mote_command_results(const mote_channel_t *channel, char *rest) {
    (void)rest;
    mote_reply_text(channel, "m-results-[");
    for (size_t i = 0; i < MODEL_OUTPUT_SIZE; i++) {
        if (i > 0u) {
            mote_reply_text(channel, ",");
        }
        const int32_t steps = model_output()[i] - MODEL_OUTPUT_ZERO_POINT;
        mote_reply_decimal_f32(channel, (float)steps * MODEL_OUTPUT_SCALE);
    }
    mote_reply_text(channel, "]\r\n");
}

void mote_command_timestamp(const mote_channel_t *channel, char *rest) {
    (void)rest;
    mote_reply_text(channel, "m-lap-us-");
    mote_reply_integer(channel, mote_port_timestamp_us());
    mote_reply_text(channel, "\r\n");
}
