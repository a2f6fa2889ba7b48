/* Transport through files of the emulator's host: reads MOTE_REQUESTS, writes MOTE_RESPONSES, both
 * in the emulator's working directory. The clock is the host's, in steps of 10 ms: a timer of the
 * board would interrupt, and the peak stack would depend on when. For the emulator only: on a board
 * without a debugger the breakpoint is a fault. Source: Arm, "Semihosting for AArch32 and AArch64".
 */
#include <string.h>

#include "board.h"
#include "mote_port.h"

#define MOTE_REQUESTS "requests.bin"
#define MOTE_RESPONSES "responses.txt"

#define SYS_OPEN 0x01
#define SYS_WRITE 0x05
#define SYS_READ 0x06
#define SYS_CLOCK 0x10
#define SYS_EXIT 0x18

#define MODE_READ_BINARY 1u
#define MODE_WRITE_BINARY 5u

#define REASON_APPLICATION_EXIT 0x20026u
#define REASON_RUN_TIME_ERROR 0x20023u

#define US_PER_CENTISECOND 10000u

#define WRITE_BUFFER_SIZE 128u

static uint32_t requests;
static uint32_t responses;
static uint8_t pending[WRITE_BUFFER_SIZE];
static size_t n_pending;

static uint32_t call(uint32_t operation, const void *argument) {
    register uint32_t r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = argument;
    __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static uint32_t open_file(const char *name, uint32_t mode) {
    const uint32_t arguments[3] = {(uint32_t)(uintptr_t)name, mode, (uint32_t)strlen(name)};
    return call(SYS_OPEN, arguments);
}

static void flush(void) {
    const uint32_t arguments[3] = {responses, (uint32_t)(uintptr_t)pending, (uint32_t)n_pending};
    if (n_pending > 0u) {
        call(SYS_WRITE, arguments);
        n_pending = 0;
    }
}

void mote_clock_init(void) {
}

uint32_t mote_port_timestamp_us(void) {
    return call(SYS_CLOCK, NULL) * US_PER_CENTISECOND;
}

void mote_transport_init(void) {
    requests = open_file(MOTE_REQUESTS, MODE_READ_BINARY);
    responses = open_file(MOTE_RESPONSES, MODE_WRITE_BINARY);
    if (requests == UINT32_MAX || responses == UINT32_MAX) {
        mote_port_exit(1);
    }
}

size_t mote_port_read(void *bytes, size_t count, uint32_t timeout_ms) {
    (void)timeout_ms; /* a file never lets one wait */
    const uint32_t arguments[3] = {requests, (uint32_t)(uintptr_t)bytes, (uint32_t)count};
    return count - call(SYS_READ, arguments);
}

void mote_port_write(const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    for (size_t i = 0; i < count; i++) {
        if (n_pending == WRITE_BUFFER_SIZE) {
            flush();
        }
        pending[n_pending++] = next[i];
    }
}

_Noreturn void mote_port_exit(int status) {
    flush();
    uint32_t reason = status == 0 ? REASON_APPLICATION_EXIT : REASON_RUN_TIME_ERROR;
    call(SYS_EXIT, (const void *)(uintptr_t)reason);
    for (;;) {
    }
}
