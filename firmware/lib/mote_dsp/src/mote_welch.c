#include "mote_welch.h"

#include <string.h>

/* Lays the windowed segment, two samples a complex one, where the FFT wants it. */
static void window_segment(const mote_welch_t *welch, const float *segment, float *buffer) {
    const float *window = welch->window;
    const uint16_t *order = welch->fft.order;
    for (uint32_t n = 0; n < welch->fft.n_fft; n += 2) {
        float *place = buffer + 2u * *order++;
        place[0] = segment[n] * window[n];
        place[1] = segment[n + 1] * window[n + 1];
    }
}

void mote_welch_f32(const mote_welch_t *welch, const float *signal, float *scratch, float *power) {
    const uint32_t last = welch->fft.n_fft / 2;
    memset(power, 0, (last + 1) * sizeof *power);
    for (uint32_t segment = 0; segment < welch->n_segments; segment++) {
        window_segment(welch, signal, scratch);
        mote_rfft_power_f32(&welch->fft, scratch);
        for (uint32_t k = 0; k <= last; k++) {
            const float bin = scratch[2 * k];
            power[k] = welch->hold_max ? (bin > power[k] ? bin : power[k]) : power[k] + bin;
        }
        signal += welch->hop_length;
    }
    power[0] *= 0.5f;
    power[last] *= 0.5f;
}
