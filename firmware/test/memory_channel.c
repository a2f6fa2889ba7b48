#include "memory_channel.h"

#include <string.h>

#define OUTPUT_SIZE 2048u

static const uint8_t *input_bytes;
static size_t n_input;
static char output[OUTPUT_SIZE];
static size_t n_output;

static size_t read_memory(void *bytes, size_t count, uint32_t timeout_ms) {
    (void)timeout_ms;
    size_t n = count < n_input ? count : n_input;
    memcpy(bytes, input_bytes, n);
    input_bytes += n;
    n_input -= n;
    return n;
}

static void write_memory(const void *bytes, size_t count) {
    size_t room = OUTPUT_SIZE - 1u - n_output;
    size_t n = count < room ? count : room;
    memcpy(&output[n_output], bytes, n);
    n_output += n;
}

const mote_channel_t memory_channel = {.read = read_memory, .write = write_memory};

void memory_channel_begin(const void *input, size_t count) {
    input_bytes = input;
    n_input = count;
    n_output = 0;
}

const char *memory_channel_output(void) {
    output[n_output] = '\0';
    return output;
}
