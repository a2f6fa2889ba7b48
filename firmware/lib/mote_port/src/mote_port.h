/* What the firmware asks of a board. One implementation is linked per image:
 *   cortex_m/ + one of stm32f4/ nrf51/ cmsdk/   a Cortex-M, bytes over its UART at 115200 8N1
 *   the same with transport_semihosting.c       the same board in an emulator, bytes in files
 *   host/                                       a program, bytes over stdin and stdout
 *
 * All functions are for the main thread only, after mote_port_init().
 */
#ifndef MOTE_PORT_H
#define MOTE_PORT_H

#include <stddef.h>
#include <stdint.h>

#define MOTE_PORT_FOREVER 0u

/* What start-up fills the unused stack with. */
#define MOTE_STACK_PAINT 0xA5A5A5A5u

/* Sets up clocks and the transport. To be called once, first. */
void mote_port_init(void);

/* Reads `count` bytes. Returns how many were read: fewer than `count` only if no byte came for
 * `timeout_ms` milliseconds (MOTE_PORT_FOREVER: no limit) or the input has ended. */
size_t mote_port_read(void *bytes, size_t count, uint32_t timeout_ms);

/* Writes `count` bytes, in order; may keep them until the next read or exit. */
void mote_port_write(const void *bytes, size_t count);

/* Microseconds since mote_port_init(), modulo 2^32. */
uint32_t mote_port_timestamp_us(void);

/* The most bytes of stack that were ever in use; 0 where that is not measured (host). */
size_t mote_port_stack_used(void);

/* Ends the program: status 0 is success. A board restarts, an emulator under semihosting and a
 * host program return to their caller. */
_Noreturn void mote_port_exit(int status);

#endif
