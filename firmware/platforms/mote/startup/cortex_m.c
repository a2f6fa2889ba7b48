/* Start-up of a Cortex-M: vector table, memory, floating-point unit, stack paint, main().
 *
 * No interrupt but SysTick is enabled, so the table ends there. Any fault leaves through
 * mote_port_exit(1): a reset on a board, an error of the emulator under semihosting.
 */
#include <stdint.h>

#include "mote_port.h"

#define SCB_VTOR (*(volatile uint32_t *)0xE000ED08u)
#define SCB_CPACR (*(volatile uint32_t *)0xE000ED88u)
#define CPACR_FPU_FULL_ACCESS (0xFu << 20)

#define STACK_PAINT_MARGIN 64u /* bytes below this function's frame that stay untouched */

/* Set by the linker script. */
extern uint32_t mote_data_load[], mote_data_begin[], mote_data_end[];
extern uint32_t mote_bss_begin[], mote_bss_end[];
extern uint32_t mote_stack_bottom[], mote_stack_top[];

int main(void);
void Reset_Handler(void);
void Fault_Handler(void);
void SysTick_Handler(void);

__attribute__((weak)) void SysTick_Handler(void) {
}

void Fault_Handler(void) {
    mote_port_exit(1);
}

typedef union {
    uint32_t *stack_top;
    void (*handler)(void);
} vector_t;

__attribute__((section(".vectors"), used)) static const vector_t vectors[16] = {
    [0] = {.stack_top = mote_stack_top}, [1] = {.handler = Reset_Handler},
    [2] = {.handler = Fault_Handler},    [3] = {.handler = Fault_Handler},
    [4] = {.handler = Fault_Handler},    [5] = {.handler = Fault_Handler},
    [6] = {.handler = Fault_Handler},    [7] = {.handler = Fault_Handler},
    [11] = {.handler = Fault_Handler},   [12] = {.handler = Fault_Handler},
    [14] = {.handler = Fault_Handler},   [15] = {.handler = SysTick_Handler},
};

static void paint_stack(void) {
    uint32_t *end = (uint32_t *)((uintptr_t)__builtin_frame_address(0) - STACK_PAINT_MARGIN);
    for (volatile uint32_t *word = mote_stack_bottom; word < end; word++) {
        *word = MOTE_STACK_PAINT;
    }
}

void Reset_Handler(void) {
#if __ARM_ARCH >= 7
    SCB_VTOR = (uint32_t)(uintptr_t)vectors;
#endif
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
    SCB_CPACR |= CPACR_FPU_FULL_ACCESS; /* Helium shares this enable */
    __asm volatile("dsb\n\tisb" ::: "memory");
#endif
    const uint32_t *load = mote_data_load;
    for (uint32_t *word = mote_data_begin; word < mote_data_end; word++) {
        *word = *load++;
    }
    for (uint32_t *word = mote_bss_begin; word < mote_bss_end; word++) {
        *word = 0;
    }
    paint_stack();
    mote_port_exit(main());
}
