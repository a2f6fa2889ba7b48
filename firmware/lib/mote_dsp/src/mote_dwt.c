#include "mote_dwt.h"

#include <string.h>

static void extend(mote_dwt_mode_t mode, float *signal, uint32_t length, uint32_t before,
                   uint32_t after) {
    float *const end = signal + length;
    switch (mode) {
    case MOTE_DWT_SYMMETRIC:
        for (uint32_t i = 0; i < before; i++) {
            *(signal - 1 - i) = signal[i];
        }
        for (uint32_t i = 0; i < after; i++) {
            end[i] = *(end - 1 - i);
        }
        break;
    case MOTE_DWT_ZERO:
        memset(signal - before, 0, before * sizeof *signal);
        memset(end, 0, after * sizeof *signal);
        break;
    case MOTE_DWT_PERIODIZATION:
        memcpy(signal - before, end - before, before * sizeof *signal);
        memcpy(end, signal, after * sizeof *signal);
        break;
    }
}

uint32_t mote_dwt_f32(const mote_dwt_t *dwt, float *signal, uint32_t length, float *detail) {
    const uint32_t n_taps = dwt->n_taps;
    uint32_t before = n_taps - 2;
    uint32_t n = (length + n_taps - 1) / 2;
    if (dwt->mode == MOTE_DWT_PERIODIZATION) {
        before = n_taps / 2 - 1;
        n = (length + 1) / 2;
        if (length % 2 != 0) {
            signal[length] = signal[length - 1];
            length++;
        }
    }
    extend(dwt->mode, signal, length, before, 2 * n - 2 + n_taps - before - length);

    /* Each approximation is written over a sample that no later one needs. */
    float *const start = signal - before;
    for (uint32_t k = 0; k < n; k++) {
        const float *x = start + 2 * k;
        const float *const end = x + n_taps;
        float low = 0.0f;
        float high = 0.0f;
        for (const float *tap = dwt->taps; x < end; tap += 2, x++) {
            low += tap[0] * *x;
            high += tap[1] * *x;
        }
        start[k] = low;
        detail[k] = high;
    }
    memmove(signal, start, n * sizeof *signal);
    return n;
}
