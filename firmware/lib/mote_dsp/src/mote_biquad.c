#include "mote_biquad.h"

void mote_biquad_f32(const float *sections, uint32_t n_sections, float *signal, uint32_t length) {
    for (uint32_t section = 0; section < n_sections; section++) {
        const float b0 = sections[0];
        const float b1 = sections[1];
        const float b2 = sections[2];
        const float a1 = sections[3];
        const float a2 = sections[4];
        sections += 5;
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
