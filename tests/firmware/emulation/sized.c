/* Known sizes in known places. */
#include "semihosting.h"

static volatile uint32_t zeroed[25];
static volatile uint32_t set[3] = {1, 2, 3};

__attribute__((used)) static const uint8_t model_layer_00_conv_weights[48] = {1};
__attribute__((used)) static const uint32_t model_layer_01_dense_bias[4] = {1};

__attribute__((naked, noinline, used)) static void layer_00_conv(void) {
    __asm("nop\n nop\n bx lr");
}

__attribute__((naked, noinline, used)) static void layer_01_dense(void) {
    __asm("bx lr");
}

int main(void) {
    zeroed[0] = set[0];
    return 0;
}
