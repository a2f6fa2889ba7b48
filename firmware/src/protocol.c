#include "protocol.h"

#include <string.h>

#include "commands.h"
#include "model.h"
#include "mote_port.h"
#include "reply.h"

#define COMMAND_END '%'

static char command[MOTE_COMMAND_LENGTH + 1u];

static void command_name(const mote_channel_t *channel, char *rest) {
    (void)rest;
    mote_reply_text(channel, "m-name-dut-[moteflow]\r\n");
}

static void command_profile(const mote_channel_t *channel, char *rest) {
    (void)rest;
    /* The version by which MLPerf Tiny's runners know a firmware that speaks their protocol. */
    mote_reply_line_text(channel, "profile", "ULPMark for tinyML Firmware V0.0.1");
    mote_reply_line_text(channel, "model", MODEL_NAME);
}

static void command_stack(const mote_channel_t *channel, char *rest) {
    (void)rest;
    mote_reply_line_integer(channel, "stack", (int64_t)mote_port_stack_used());
}

static void command_help(const mote_channel_t *channel, char *rest);

static const struct {
    const char *name;
    void (*run)(const mote_channel_t *channel, char *rest);
    const char *usage;
} commands[] = {
    {"name", command_name, "name: this device"},
    {"profile", command_profile, "profile: protocol and model"},
    {"help", command_help, "help: this list"},
    {"timestamp", mote_command_timestamp, "timestamp: microseconds since power-on"},
    {"db", mote_command_db, "db load N, db HEX: the model's input bytes"},
    {"infer", mote_command_infer, "infer N [W=10]: N inferences after W to warm up"},
    {"results", mote_command_results, "results: the last scores"},
    {"samples", mote_command_samples, "samples N: then N int16 samples and their CRC-32"},
    {"reset", mote_command_reset, "reset: forget earlier samples"},
    {"trace", mote_command_trace, "trace 0|1: show frames and model inputs"},
    {"stack", command_stack, "stack: most bytes of stack in use"},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static void command_help(const mote_channel_t *channel, char *rest) {
    (void)rest;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        mote_reply_text(channel, commands[i].usage);
        mote_reply_text(channel, "\r\n");
    }
}

char *mote_next_word(char **rest) {
    char *begin = *rest + strspn(*rest, " ");
    char *end = begin + strcspn(begin, " ");
    if (begin == end) {
        return NULL;
    }
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    return begin;
}

bool mote_parse_number(const char *word, uint32_t *value) {
    if (word == NULL) {
        return false;
    }
    uint64_t sum = 0;
    for (; *word != '\0'; word++) {
        if (*word < '0' || *word > '9') {
            return false;
        }
        sum = sum * 10u + (uint64_t)(*word - '0');
        if (sum > INT32_MAX) {
            return false;
        }
    }
    *value = (uint32_t)sum;
    return true;
}

/* Reads up to COMMAND_END, without line ends. Returns false when the input has ended. *fits says
 * whether `command` could hold it. */
static bool read_command(const mote_channel_t *channel, bool *fits) {
    size_t length = 0;
    char character = 0;
    *fits = true;
    while (channel->read(&character, 1, MOTE_PORT_FOREVER) == 1u) {
        if (character == COMMAND_END) {
            command[length] = '\0';
            return true;
        }
        if (character == '\r' || character == '\n') {
            continue;
        }
        if (length < MOTE_COMMAND_LENGTH) {
            command[length++] = character;
        } else {
            *fits = false;
        }
    }
    return false;
}

static void run_command(const mote_channel_t *channel) {
    char *rest = command;
    const char *name = mote_next_word(&rest);
    for (size_t i = 0; name != NULL && i < COMMAND_COUNT; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            commands[i].run(channel, rest);
            return;
        }
    }
    mote_reply_error(channel, "unknown command");
}

void mote_protocol_run(const mote_channel_t *channel) {
    mote_commands_stream_init();
    mote_reply_text(channel, "m-timestamp-mode-performance\r\n");
    mote_command_timestamp(channel, NULL);
    mote_reply_text(channel, "m-init-done\r\nm-ready\r\n");

    bool fits = false;
    while (read_command(channel, &fits)) {
        if (fits) {
            run_command(channel);
        } else {
            mote_reply_error(channel, "command too long");
        }
        mote_reply_text(channel, "m-ready\r\n");
    }
}
