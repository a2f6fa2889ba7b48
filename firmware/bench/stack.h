/* How much stack the calls of one function take: paint what lies below its frame, call, look.
 * All inline, so that nothing but the calls in between disturbs the paint.
 */
#ifndef BENCH_STACK_H
#define BENCH_STACK_H

#include <stdint.h>

#include "mote_port.h"

#ifdef __arm__

#define BENCH_STACK_WINDOW 8192u /* bytes below the frame that are watched at most */

extern uint32_t mote_stack_bottom[]; /* set by the linker script */

static inline __attribute__((always_inline)) uint32_t *bench_stack_pointer(void) {
    uint32_t *pointer;
    __asm volatile("mov %0, sp" : "=r"(pointer));
    return pointer;
}

static inline __attribute__((always_inline)) volatile uint32_t *bench_stack_lowest(void) {
    uint32_t *const pointer = bench_stack_pointer();
    const uint32_t room = (uint32_t)((uintptr_t)pointer - (uintptr_t)mote_stack_bottom);
    return pointer - (room < BENCH_STACK_WINDOW ? room : BENCH_STACK_WINDOW) / sizeof *pointer;
}

static inline __attribute__((always_inline)) void bench_paint_stack(void) {
    uint32_t *const end = bench_stack_pointer();
    for (volatile uint32_t *word = bench_stack_lowest(); word < end; word++) {
        *word = MOTE_STACK_PAINT;
    }
}

static inline __attribute__((always_inline)) uint32_t bench_stack_used(void) {
    uint32_t *const end = bench_stack_pointer();
    volatile uint32_t *word = bench_stack_lowest();
    while (word < end && *word == MOTE_STACK_PAINT) {
        word++;
    }
    return (uint32_t)((uintptr_t)end - (uintptr_t)word);
}

#else

static inline void bench_paint_stack(void) {
}

static inline uint32_t bench_stack_used(void) {
    return 0;
}

#endif

#endif
