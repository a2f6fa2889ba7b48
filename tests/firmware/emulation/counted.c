/* Three inferences of two layers each, in hand-counted instructions. */
#include "semihosting.h"

__attribute__((naked, noinline)) void mote_mark_features_begin(void) {
    __asm("nop\n bx lr");
}

__attribute__((naked, noinline)) void mote_mark_features_end(void) {
    __asm("nop\n bx lr");
}

__attribute__((naked, noinline)) void mote_mark_inference_begin(void) {
    __asm("nop\n bx lr");
}

__attribute__((naked, noinline)) void mote_mark_inference_end(void) {
    __asm("nop\n bx lr");
}

/* 1 + 3 * 3 + 1 instructions; the loop is a translation block of its own. */
__attribute__((naked, noinline)) void layer_00_loop(void) {
    __asm("movs r0, #3\n 1: nop\n subs r0, #1\n bne 1b\n bx lr");
}

/* 6 instructions: those that an IT block skips are issued, so they count. */
__attribute__((naked, noinline)) void layer_01_conditional(void) {
    __asm("cmp sp, #0\n itte eq\n nopeq\n nopeq\n nopne\n bx lr");
}

/* A window: 2 spans of 2 + 1 instructions (the marker's own and the call of the end's), then an
 * inference of 2 + 1 (begin, call) + 11 + 1 (layer, call) + 6 + 1 (layer, call). */
__attribute__((naked, noinline)) void window(void) {
    __asm("push {r4, lr}\n"
          "bl mote_mark_features_begin\n"
          "bl mote_mark_features_end\n"
          "bl mote_mark_features_begin\n"
          "bl mote_mark_features_end\n"
          "bl mote_mark_inference_begin\n"
          "bl layer_00_loop\n"
          "bl layer_01_conditional\n"
          "bl mote_mark_inference_end\n"
          "pop {r4, pc}\n");
}

int main(void) {
    open_file("responses.txt", 13, 5);
    window();
    window();
    window();
    return 0;
}
