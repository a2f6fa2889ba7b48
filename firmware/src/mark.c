#include "mark.h"

/* Each asm differs, so that no two functions are folded into one address. */
__attribute__((noinline)) void mote_mark_features_begin(void) {
    __asm volatile("" ::"i"(1) : "memory");
}

__attribute__((noinline)) void mote_mark_features_end(void) {
    __asm volatile("" ::"i"(2) : "memory");
}

__attribute__((noinline)) void mote_mark_inference_begin(void) {
    __asm volatile("" ::"i"(3) : "memory");
}

__attribute__((noinline)) void mote_mark_inference_end(void) {
    __asm volatile("" ::"i"(4) : "memory");
}
