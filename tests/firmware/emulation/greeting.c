/* Answers every byte `%` on UART0 with a name and a time. */
#include <stddef.h>

#include "semihosting.h"

#define UART_DATA (*(volatile uint32_t *)0x40004000u)
#define UART_STATE (*(volatile uint32_t *)0x40004004u)
#define UART_CONTROL (*(volatile uint32_t *)0x40004008u)
#define UART_BAUD_DIVIDER (*(volatile uint32_t *)0x40004010u)
#define TRANSMIT_FULL 1u
#define RECEIVE_FULL 2u

int main(void) {
    static const char answer[] = "m-name-dut-[greeting]\r\nm-lap-us-1\r\nm-ready\r\n";
    UART_BAUD_DIVIDER = 217u;
    UART_CONTROL = 3u;
    for (;;) {
        while ((UART_STATE & RECEIVE_FULL) == 0u) {
        }
        if (UART_DATA != '%') {
            continue;
        }
        for (size_t i = 0; i < sizeof answer - 1u; i++) {
            while ((UART_STATE & TRANSMIT_FULL) != 0u) {
            }
            UART_DATA = (uint32_t)answer[i];
        }
    }
}
