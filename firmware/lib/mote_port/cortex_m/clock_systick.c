/* SysTick as a free-running counter; its interrupt counts the wraps of its 24 bits. */
#include "board.h"
#include "mote_port.h"

#define SYSTICK_CONTROL MOTE_REGISTER(0xE000E010u)
#define SYSTICK_RELOAD MOTE_REGISTER(0xE000E014u)
#define SYSTICK_VALUE MOTE_REGISTER(0xE000E018u)

#define CONTROL_ENABLE (1u << 0)
#define CONTROL_INTERRUPT (1u << 1)
#define CONTROL_PROCESSOR_CLOCK (1u << 2)

#define COUNTER_MAX 0xFFFFFFu
#define TICKS_PER_US (MOTE_CPU_HZ / 1000000u)

static volatile uint32_t wraps;

void SysTick_Handler(void);

void SysTick_Handler(void) {
    wraps++;
}

void mote_clock_init(void) {
    SYSTICK_RELOAD = COUNTER_MAX;
    SYSTICK_VALUE = 0;
    SYSTICK_CONTROL = CONTROL_ENABLE | CONTROL_INTERRUPT | CONTROL_PROCESSOR_CLOCK;
    while (SYSTICK_VALUE == 0u) { /* until the first reload */
    }
}

/* The value 0 ends a wrap: the interrupt that it raises is taken after the reload. Where it is taken
 * late (an emulator on a busy host), the wrap is counted here: time never goes back. */
uint32_t mote_port_timestamp_us(void) {
    static uint64_t last;
    uint32_t before;
    uint32_t elapsed;
    do {
        before = wraps;
        elapsed = COUNTER_MAX - SYSTICK_VALUE;
    } while (before != wraps);
    uint64_t ticks = ((uint64_t)before << 24) | elapsed;
    if (ticks < last) {
        ticks += (uint64_t)1 << 24;
    }
    last = ticks;
    return (uint32_t)(ticks / TICKS_PER_US);
}
