/* Just enough of Arm's semihosting, and start-up, for the small images of these tests. */
#include <stdint.h>

extern uint32_t mote_stack_top[];

int main(void);

static inline uint32_t semihost(uint32_t operation, const void *argument) {
    register uint32_t r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = argument;
    __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static inline uint32_t open_file(const char *name, uint32_t length, uint32_t mode) {
    const uint32_t arguments[3] = {(uint32_t)(uintptr_t)name, mode, length};
    return semihost(0x01, arguments);
}

static void leave(uint32_t reason) {
    semihost(0x18, (const void *)(uintptr_t)reason);
}

void reset(void) {
    leave(main() == 0 ? 0x20026u : 0x20023u);
    for (;;) {
    }
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    mote_stack_top, (const void *)reset};
