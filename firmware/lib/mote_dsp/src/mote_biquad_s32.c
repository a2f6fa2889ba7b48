#include "mote_biquad_s32.h"

#define FRACTION_BITS 30
#define FRACTION_MASK ((1u << FRACTION_BITS) - 1)

void mote_biquad_s32(const int32_t *sections, uint32_t n_sections, int32_t *signal,
                     uint32_t length) {
    for (uint32_t section = 0; section < n_sections; section++) {
        const int32_t b0 = sections[0];
        const int32_t r1 = sections[1];
        const int32_t r2 = sections[2];
        const int32_t a1 = sections[3];
        const int32_t a2 = sections[4];
        sections += 5;
        int32_t x1 = 0;
        int32_t x2 = 0;
        int32_t y1 = 0;
        int32_t y2 = 0;
        uint32_t rest = 0;
        for (int32_t *place = signal; place < signal + length; place++) {
            const int32_t x = *place;
            const int64_t sum =
                (int64_t)b0 * (x + r1 * x1 + r2 * x2) - (int64_t)a1 * y1 - (int64_t)a2 * y2 + rest;
            const int32_t y = (int32_t)(sum >> FRACTION_BITS);
            rest = (uint32_t)sum & FRACTION_MASK;
            x2 = x1;
            x1 = x;
            y2 = y1;
            y1 = y;
            *place = y;
        }
    }
}
