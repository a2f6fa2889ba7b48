/* Arm MPS2 and MPS3 FPGA images: the first CMSDK APB UART, at MOTE_UART_BASE.
 * Source: Arm, Cortex-M System Design Kit Technical Reference Manual, APB UART.
 */
#include "board.h"

#define UART_DATA MOTE_REGISTER(MOTE_UART_BASE + 0x00u)
#define UART_STATE MOTE_REGISTER(MOTE_UART_BASE + 0x04u)
#define UART_CONTROL MOTE_REGISTER(MOTE_UART_BASE + 0x08u)
#define UART_BAUD_DIVIDER MOTE_REGISTER(MOTE_UART_BASE + 0x10u)

#define STATE_TRANSMIT_FULL (1u << 0)
#define STATE_RECEIVE_FULL (1u << 1)
#define CONTROL_ENABLE (1u << 0 | 1u << 1) /* transmitter, receiver */

void mote_board_init(void) {
}

void mote_uart_init(void) {
    UART_BAUD_DIVIDER = MOTE_CPU_HZ / MOTE_UART_BAUD_RATE;
    UART_CONTROL = CONTROL_ENABLE;
}

bool mote_uart_get(uint8_t *byte) {
    if (!(UART_STATE & STATE_RECEIVE_FULL)) {
        return false;
    }
    *byte = (uint8_t)UART_DATA;
    return true;
}

void mote_uart_put(uint8_t byte) {
    while (UART_STATE & STATE_TRANSMIT_FULL) {
    }
    UART_DATA = byte;
}
