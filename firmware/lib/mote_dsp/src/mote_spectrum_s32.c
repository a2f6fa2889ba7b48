#include "mote_spectrum_s32.h"

#include <stdbool.h>

#include "mote_fixed.h"

/* How many bits all samples can be shifted left within int16. */
static uint32_t headroom(const int16_t *frame, uint32_t length, int16_t previous) {
    uint32_t bits = mote_magnitude_bits(previous);
    for (uint32_t n = 0; n < length; n++) {
        bits |= mote_magnitude_bits(frame[n]);
    }
    return mote_leading_zeros(bits) - 17;
}

/* The sample in the high half of a word. */
static inline int32_t normalise(int32_t sample, uint32_t headroom) {
    return (int32_t)((uint32_t)sample << (16 + headroom));
}

static inline void store(int32_t *place, int32_t even, int32_t odd) {
    place[0] = even;
    place[1] = odd;
}

/* Lays the windowed frame, two samples a complex one, where the FFT wants it. */
static void window_frame(const mote_spectrum_s32_t *parameters, const int16_t *frame,
                         uint32_t headroom, int32_t *buffer) {
    const uint16_t *order = parameters->fft.order;
    const uint16_t *const order_end = order + parameters->fft.n_fft / 2;
    const int16_t *const frame_end = frame + parameters->frame_length;
    const int32_t *window = parameters->window;
    for (; frame + 1 < frame_end; frame += 2) {
        store(buffer + 2u * *order++, mote_mul_hi_top(window[0], normalise(frame[0], headroom)),
              mote_mul_hi_top(window[1], normalise(frame[1], headroom)));
        window += 2;
    }
    if (frame < frame_end) {
        store(buffer + 2u * *order++, mote_mul_hi_top(*window, normalise(*frame, headroom)), 0);
    }
    while (order < order_end) {
        store(buffer + 2u * *order++, 0, 0);
    }
}

/* The same of the differences x[n] - a x[n - 1], halved so that they fit. */
static void window_differences(const mote_spectrum_s32_t *parameters, const int16_t *frame,
                               int16_t previous, uint32_t headroom, int32_t *buffer) {
    const uint32_t length = parameters->frame_length;
    int32_t before = normalise(previous, headroom);
    for (uint32_t n = 0; n < parameters->fft.n_fft; n++) {
        int32_t *place = buffer + 2u * parameters->fft.order[n / 2] + n % 2;
        if (n < length) {
            const int32_t sample = normalise(frame[n], headroom);
            const int32_t difference =
                (sample >> 1) - mote_mul_hi_top(parameters->preemphasis, before);
            *place = mote_mul_hi(parameters->window[n], difference);
            before = sample;
        } else {
            *place = 0;
        }
    }
}

uint32_t mote_spectrum_s32_compute(const mote_spectrum_s32_t *parameters, const int16_t *frame,
                                   int16_t *previous, uint32_t n_bins, int32_t *spectrum) {
    uint32_t gain;
    if (parameters->preemphasis == 0) {
        gain = headroom(frame, parameters->frame_length, 0);
        window_frame(parameters, frame, gain, spectrum);
    } else {
        gain = headroom(frame, parameters->frame_length, *previous);
        window_differences(parameters, frame, *previous, gain, spectrum);
        *previous = frame[parameters->hop_length - 1];
    }
    mote_rfft_s32(&parameters->fft, spectrum, n_bins);
    return gain;
}
