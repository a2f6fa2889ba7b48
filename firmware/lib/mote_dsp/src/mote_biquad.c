#include "mote_biquad.h"

void mote_biquad_f32(const float *sections, uint32_t n_sections, float *signal, uint32_t length) {
    for (const float *section = sections; section < sections + 5 * n_sections; section += 5) {
        const float b0 = section[0];
        const float b1 = section[1];
        const float b2 = section[2];
        const float a1 = section[3];
        const float a2 = section[4];
        float state1 = 0.0f;
        float state2 = 0.0f;
        for (float *place = signal; place < signal + length; place++) {
            const float x = *place;
            const float y = b0 * x + state1;
            state1 = (b1 * x - a1 * y) + state2;
            state2 = b2 * x - a2 * y;
            *place = y;
        }
    }
}
