/* Inside the port: what cortex_m/ asks of a board family. */
#ifndef MOTE_BOARD_H
#define MOTE_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#define MOTE_UART_BAUD_RATE 115200u

#define MOTE_REGISTER(address) (*(volatile uint32_t *)(address))

/* Clock tree. */
void mote_board_init(void);

/* Free-running clock behind mote_port_timestamp_us(). */
void mote_clock_init(void);

/* Whatever mote_port_read() and mote_port_write() go through. */
void mote_transport_init(void);

/* The UART: 8N1, polled. */
void mote_uart_init(void);
bool mote_uart_get(uint8_t *byte); /* false: none has come */
void mote_uart_put(uint8_t byte);  /* waits until there is room */

#endif
