/* The port of a program on a POSIX computer: stdin, stdout, the monotonic clock. */
#define _POSIX_C_SOURCE 200809L

#include "mote_port.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static uint64_t begin_us;

static uint64_t now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

void mote_port_init(void) {
    begin_us = now_us();
}

size_t mote_port_read(void *bytes, size_t count, uint32_t timeout_ms) {
    uint8_t *next = bytes;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    int limit = timeout_ms == MOTE_PORT_FOREVER ? -1 : (int)timeout_ms;
    size_t n_read = 0;
    fflush(stdout);
    while (n_read < count && poll(&input, 1, limit) > 0) {
        ssize_t n = read(STDIN_FILENO, &next[n_read], count - n_read);
        if (n <= 0) {
            break;
        }
        n_read += (size_t)n;
    }
    return n_read;
}

void mote_port_write(const void *bytes, size_t count) {
    fwrite(bytes, 1, count, stdout);
}

uint32_t mote_port_timestamp_us(void) {
    return (uint32_t)(now_us() - begin_us);
}

size_t mote_port_stack_used(void) {
    return 0;
}

_Noreturn void mote_port_exit(int status) {
    exit(status);
}
