/* Transport over the board's UART. Exit restarts the board. */
#include "board.h"
#include "mote_port.h"

#define SCB_AIRCR MOTE_REGISTER(0xE000ED0Cu)
#define AIRCR_KEY (0x05FAu << 16)
#define AIRCR_SYSTEM_RESET (1u << 2)

void mote_transport_init(void) {
    mote_uart_init();
}

static bool get_within(uint8_t *byte, uint32_t timeout_ms) {
    uint32_t begin = mote_port_timestamp_us();
    while (!mote_uart_get(byte)) {
        if (timeout_ms != MOTE_PORT_FOREVER &&
            mote_port_timestamp_us() - begin > timeout_ms * 1000u) {
            return false;
        }
    }
    return true;
}

size_t mote_port_read(void *bytes, size_t count, uint32_t timeout_ms) {
    uint8_t *next = bytes;
    for (size_t i = 0; i < count; i++) {
        if (!get_within(&next[i], timeout_ms)) {
            return i;
        }
    }
    return count;
}

void mote_port_write(const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    for (size_t i = 0; i < count; i++) {
        mote_uart_put(next[i]);
    }
}

_Noreturn void mote_port_exit(int status) {
    (void)status;
    __asm volatile("dsb" ::: "memory");
    SCB_AIRCR = AIRCR_KEY | AIRCR_SYSTEM_RESET;
    for (;;) {
    }
}
