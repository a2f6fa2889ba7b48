/* nRF51822 on a BBC micro:bit: 16 MHz crystal, UART0 on P0.24 (TX) and P0.25 (RX).
 * Source: Nordic, nRF51 Series Reference Manual, chapters CLOCK, GPIO, UART.
 */
#include "board.h"

#define CLOCK_TASKS_HFCLKSTART MOTE_REGISTER(0x40000000u)
#define CLOCK_EVENTS_HFCLKSTARTED MOTE_REGISTER(0x40000100u)
#define GPIO_OUTSET MOTE_REGISTER(0x50000508u)
#define GPIO_DIRSET MOTE_REGISTER(0x50000518u)
#define GPIO_PIN_CNF_RX MOTE_REGISTER(0x50000700u + 4u * PIN_RX)
#define UART_TASKS_STARTRX MOTE_REGISTER(0x40002000u)
#define UART_TASKS_STARTTX MOTE_REGISTER(0x40002008u)
#define UART_EVENTS_RXDRDY MOTE_REGISTER(0x40002108u)
#define UART_EVENTS_TXDRDY MOTE_REGISTER(0x4000211Cu)
#define UART_ENABLE MOTE_REGISTER(0x40002500u)
#define UART_PSELTXD MOTE_REGISTER(0x4000250Cu)
#define UART_PSELRXD MOTE_REGISTER(0x40002514u)
#define UART_RXD MOTE_REGISTER(0x40002518u)
#define UART_TXD MOTE_REGISTER(0x4000251Cu)
#define UART_BAUDRATE MOTE_REGISTER(0x40002524u)

#define PIN_TX 24u
#define PIN_RX 25u
#define BAUDRATE_115200 0x01D7E000u
#define ENABLE_UART 4u

void mote_board_init(void) {
    CLOCK_TASKS_HFCLKSTART = 1;
    while (CLOCK_EVENTS_HFCLKSTARTED == 0u) {
    }
}

void mote_uart_init(void) {
    GPIO_OUTSET = 1u << PIN_TX;
    GPIO_DIRSET = 1u << PIN_TX;
    GPIO_PIN_CNF_RX = 0; /* input, connected */
    UART_PSELTXD = PIN_TX;
    UART_PSELRXD = PIN_RX;
    UART_BAUDRATE = BAUDRATE_115200;
    UART_ENABLE = ENABLE_UART;
    UART_TASKS_STARTRX = 1;
    UART_TASKS_STARTTX = 1;
}

bool mote_uart_get(uint8_t *byte) {
    if (UART_EVENTS_RXDRDY == 0u) {
        return false;
    }
    UART_EVENTS_RXDRDY = 0; /* before reading: the next byte of the FIFO sets it again */
    *byte = (uint8_t)UART_RXD;
    return true;
}

void mote_uart_put(uint8_t byte) {
    UART_EVENTS_TXDRDY = 0;
    UART_TXD = byte;
    while (UART_EVENTS_TXDRDY == 0u) {
    }
}
