/* One inference whose layers are snippets with cycles counted by hand; see test_cycles.py. */
#include "semihosting.h"

#define SNIPPET(name) __attribute__((naked, noinline)) void name(void)

SNIPPET(mote_mark_inference_begin) {
    __asm("nop\n bx lr");
}

SNIPPET(mote_mark_inference_end) {
    __asm("nop\n bx lr");
}

SNIPPET(layer_00_loads) {
    __asm("ldr r0, [sp]\n ldr r1, [sp]\n adds r0, #1\n ldrb r0, [sp]\n str r0, [sp, #-4]\n"
          "ldrh r0, [sp]\n bx lr");
}

SNIPPET(layer_01_multiple) {
    __asm("push {r4-r6, lr}\n ldrd r0, r1, [sp]\n ldr r2, [sp]\n ldmia sp, {r0, r1}\n"
          "strd r0, r1, [sp, #-8]\n pop {r4-r6, pc}");
}

SNIPPET(layer_02_loop) {
    __asm("movs r0, #3\n 1: nop\n subs r0, #1\n bne 1b\n bx lr");
}

SNIPPET(layer_03_loop_of_loads) {
    __asm("movs r0, #3\n ldr r1, [sp]\n 1: ldr r1, [sp]\n subs r0, #1\n bne 1b\n bx lr");
}

SNIPPET(layer_04_divide) {
    __asm("movs r0, #3\n udiv r0, r0, r0\n sdiv r0, r0, r0\n bx lr");
}

SNIPPET(layer_05_conditional) {
    __asm("cmp sp, #0\n itte eq\n ldreq r0, [sp]\n nopeq\n nopne\n bx lr");
}

/* QEMU translates no instructions of two pages together: the second load begins a page. */
__attribute__((aligned(4096))) SNIPPET(layer_06_across_pages) {
    __asm("b.w 1f\n .space 4096 - 4 - 2\n 1: ldr r0, [sp]\n ldr r1, [sp]\n bx lr");
}

SNIPPET(layer_07_table) {
    __asm("movs r0, #1\n tbb [pc, r0]\n 1: .byte (2f - 1b) / 2\n .byte (3f - 1b) / 2\n"
          "2: nop\n 3: bx lr");
}

SNIPPET(window) {
    __asm("push {r4, lr}\n"
          "bl mote_mark_inference_begin\n"
          "bl layer_00_loads\n"
          "bl layer_01_multiple\n"
          "bl layer_02_loop\n"
          "bl layer_03_loop_of_loads\n"
          "bl layer_04_divide\n"
          "bl layer_05_conditional\n"
          "bl layer_06_across_pages\n"
          "bl layer_07_table\n"
          "bl mote_mark_inference_end\n"
          "pop {r4, pc}\n");
}

int main(void) {
    open_file("responses.txt", 13, 5);
    window();
    window();
    return 0;
}
