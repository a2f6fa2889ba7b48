/* Parts of the port that all Cortex-M boards share. */
#include "mote_port.h"

#include "board.h"

extern uint32_t mote_stack_bottom[], mote_stack_top[];

void mote_port_init(void) {
    mote_board_init();
    mote_clock_init();
    mote_transport_init();
}

size_t mote_port_stack_used(void) {
    const uint32_t *word = mote_stack_bottom;
    while (word < mote_stack_top && *word == MOTE_STACK_PAINT) {
        word++;
    }
    return (size_t)(mote_stack_top - word) * sizeof(uint32_t);
}
