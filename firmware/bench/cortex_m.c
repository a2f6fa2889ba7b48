/* The least that runs a program in the emulator: start-up of a Cortex-M, and mote_port.h over
 * semihosting files of the emulator's working folder. It is part of the flash that bench reports.
 * Source: Arm, "Semihosting for AArch32 and AArch64".
 */
#pragma GCC optimize("Os")

#include "mote_port.h"

#define SCB_VTOR (*(volatile uint32_t *)0xE000ED08u)
#define SCB_CPACR (*(volatile uint32_t *)0xE000ED88u)
#define CPACR_FPU_FULL_ACCESS (0xFu << 20)

#define SYS_OPEN 0x01u
#define SYS_WRITE 0x05u
#define SYS_READ 0x06u
#define SYS_EXIT 0x18u
#define MODE_READ_BINARY 1u
#define MODE_WRITE_BINARY 5u
#define REASON_APPLICATION_EXIT 0x20026u
#define REASON_RUN_TIME_ERROR 0x20023u

/* Set by the linker script. */
extern uint32_t mote_data_load[], mote_data_begin[], mote_data_end[];
extern uint32_t mote_bss_begin[], mote_bss_end[], mote_stack_top[];

int main(void);
_Noreturn void Reset_Handler(void);
_Noreturn void Fault_Handler(void);

typedef union {
    uint32_t *stack_top;
    void (*handler)(void);
} vector_t;

/* No interrupt is enabled, and every fault without a handler of its own becomes a HardFault. */
__attribute__((section(".vectors"), used)) static const vector_t vectors[4] = {
    {.stack_top = mote_stack_top},
    {.handler = Reset_Handler},
    {.handler = Fault_Handler},
    {.handler = Fault_Handler},
};

static uint32_t requests;
static uint32_t responses;

static __attribute__((noinline)) uint32_t call(uint32_t operation, const void *argument) {
    register uint32_t r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = argument;
    __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
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
    for (volatile uint32_t *word = mote_data_begin; word < mote_data_end; word++) {
        *word = *load++; /* volatile: no call of memcpy or memset, which the model may not need */
    }
    for (volatile uint32_t *word = mote_bss_begin; word < mote_bss_end; word++) {
        *word = 0;
    }
    mote_port_exit(main());
}

void Fault_Handler(void) {
    mote_port_exit(1);
}

void mote_port_init(void) {
    static const char names[] = "requests.bin\0responses.txt";
    const uint32_t request[3] = {(uint32_t)(uintptr_t)names, MODE_READ_BINARY, 12};
    const uint32_t response[3] = {(uint32_t)(uintptr_t)(names + 13), MODE_WRITE_BINARY, 13};
    requests = call(SYS_OPEN, request);
    responses = call(SYS_OPEN, response);
}

size_t mote_port_read(void *bytes, size_t count, uint32_t timeout_ms) {
    (void)timeout_ms; /* a file never lets one wait */
    const uint32_t arguments[3] = {requests, (uint32_t)(uintptr_t)bytes, (uint32_t)count};
    return count - call(SYS_READ, arguments);
}

void mote_port_write(const void *bytes, size_t count) {
    const uint32_t arguments[3] = {responses, (uint32_t)(uintptr_t)bytes, (uint32_t)count};
    call(SYS_WRITE, arguments);
}

_Noreturn void mote_port_exit(int status) {
    const uint32_t reason = status == 0 ? REASON_APPLICATION_EXIT : REASON_RUN_TIME_ERROR;
    call(SYS_EXIT, (const void *)(uintptr_t)reason);
    for (;;) {
    }
}
