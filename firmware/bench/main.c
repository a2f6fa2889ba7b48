/* An image with nothing but a model: reads the bytes of all inputs, runs one inference, writes the
 * bytes of all outputs, until the requests end; then writes the peak stack in bytes, uint32.
 */
#include "model.h"
#include "mote_port.h"
#include "ports.h"

__attribute__((noinline, used)) void mote_mark_inference_begin(void);
__attribute__((noinline, used)) void mote_mark_inference_end(void);

void mote_mark_inference_begin(void) {
    __asm volatile("");
}

void mote_mark_inference_end(void) {
    __asm volatile("");
}

static bool read_inputs(void) {
    for (size_t i = 0; i < sizeof bench_inputs / sizeof bench_inputs[0]; i++) {
        const size_t size = bench_inputs[i].size;
        if (mote_port_read(bench_inputs[i].address(), size, MOTE_PORT_FOREVER) != size) {
            return false;
        }
    }
    return true;
}

int main(void) {
    mote_port_init();
    model_init();
    while (read_inputs()) {
        mote_mark_inference_begin();
        model_invoke();
        mote_mark_inference_end();
        for (size_t i = 0; i < sizeof bench_outputs / sizeof bench_outputs[0]; i++) {
            mote_port_write(bench_outputs[i].address(), bench_outputs[i].size);
        }
    }
    const uint32_t stack = (uint32_t)mote_port_stack_used();
    mote_port_write(&stack, sizeof stack);
    mote_port_exit(0);
}
