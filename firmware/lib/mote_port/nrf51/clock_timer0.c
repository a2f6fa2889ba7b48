/* TIMER0 at 1 MHz with 32 bits: an nRF51 has no SysTick. */
#include "board.h"
#include "mote_port.h"

#define TIMER_TASKS_START MOTE_REGISTER(0x40008000u)
#define TIMER_TASKS_CAPTURE MOTE_REGISTER(0x40008040u)
#define TIMER_BITMODE MOTE_REGISTER(0x40008508u)
#define TIMER_PRESCALER MOTE_REGISTER(0x40008510u)
#define TIMER_CAPTURED MOTE_REGISTER(0x40008540u)

#define BITMODE_32 3u
#define PRESCALER_1_MHZ 4u /* 16 MHz / 2^4 */

void mote_clock_init(void) {
    TIMER_BITMODE = BITMODE_32;
    TIMER_PRESCALER = PRESCALER_1_MHZ;
    TIMER_TASKS_START = 1;
}

uint32_t mote_port_timestamp_us(void) {
    TIMER_TASKS_CAPTURE = 1;
    return TIMER_CAPTURED;
}
