/* An image with nothing but a model: reads the bytes of all inputs, runs one inference, writes the
 * bytes of all outputs, until the requests end; then writes the most stack that an inference took,
 * below this function's own, in bytes, uint32 (0 where it is not measured: host).
 */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("Os")
#endif

#include "model.h"
#include "mote_port.h"
#include "ports.h"
#include "stack.h"

__attribute__((noinline, used)) void mote_mark_inference_begin(void);
__attribute__((noinline, used)) void mote_mark_inference_end(void);

void mote_mark_inference_begin(void) {
    __asm volatile("");
}

void mote_mark_inference_end(void) {
    __asm volatile("");
}

int main(void) {
    mote_port_init();
    model_init();
    uint32_t stack = 0;
    while (bench_read_inputs()) {
        bench_paint_stack();
        mote_mark_inference_begin();
        model_invoke();
        mote_mark_inference_end();
        const uint32_t used = bench_stack_used();
        stack = used > stack ? used : stack;
        bench_write_outputs();
    }
    mote_port_write(&stack, sizeof stack);
    mote_port_exit(0);
}
