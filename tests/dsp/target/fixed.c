/* Answers pairs of int32 with what each function of mote_fixed.h and mote_sqrt_s32.h makes of them,
 * until the pairs end. */

#include "mote_fixed.h"
#include "mote_port.h"
#include "mote_sqrt_s32.h"

int main(void) {
    int32_t pair[2];
    mote_port_init();
    while (mote_port_read(pair, sizeof pair, MOTE_PORT_FOREVER) == sizeof pair) {
        const int32_t a = pair[0];
        const int32_t b = pair[1];
        const uint32_t unsigned_a = (uint32_t)a;
        const int32_t answers[] = {
            mote_mul_hi(a, b),
            mote_mul_hi_add(a / 2, a, b),
            mote_mul_hi_top(a, (int32_t)((uint32_t)b & 0xffff0000u)),
            (int32_t)mote_mul_u16(unsigned_a, (uint16_t)b),
            (int32_t)mote_leading_zeros(unsigned_a),
            (int32_t)mote_leading_zeros(mote_magnitude_bits(a)),
            (int32_t)mote_sqrt_u32(unsigned_a),
        };
        mote_port_write(answers, sizeof answers);
    }
    mote_port_exit(0);
}
