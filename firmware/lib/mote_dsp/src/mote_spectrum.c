#include "mote_spectrum.h"

/* Lays the windowed frame, two samples a complex one, where the FFT wants it. */
static void lay_s16(const mote_spectrum_t *spectrum, const mote_lane_s16_t *frame,
                    mote_lane_t *buffer) {
    const uint16_t *order = spectrum->fft.order;
    const float *window = spectrum->window;
    const uint32_t pairs = spectrum->frame_length / 2;
    for (uint32_t n = 0; n < pairs; n++) {
        mote_lane_t *place = buffer + 2u * order[n];
        place[0] = mote_lane_from_s16(frame[2 * n]) * window[2 * n];
        place[1] = mote_lane_from_s16(frame[2 * n + 1]) * window[2 * n + 1];
    }
    if (spectrum->frame_length % 2 != 0) {
        buffer[2u * order[pairs]] = mote_lane_from_s16(frame[2 * pairs]) * window[2 * pairs];
    }
}

static mote_lane_t sample(const mote_spectrum_t *spectrum, const void *frame, uint32_t index) {
    if (spectrum->sample_type == MOTE_SAMPLES_S16) {
        return mote_lane_from_s16(((const mote_lane_s16_t *)frame)[index]);
    }
    return ((const mote_lane_t *)frame)[index];
}

/* The same of one axis of several, of either type, with pre-emphasis. */
static void lay(const mote_spectrum_t *spectrum, const void *frame, uint32_t axis,
                mote_lane_t *state, mote_lane_t *buffer) {
    const bool emphasised = spectrum->preemphasis > 0.0f;
    mote_lane_t before = {0};
    if (emphasised) {
        before = state[axis];
        state[axis] = sample(spectrum, frame, (spectrum->hop_length - 1) * spectrum->n_axes + axis);
    }
    for (uint32_t n = 0; n < spectrum->frame_length; n++) {
        const mote_lane_t x = sample(spectrum, frame, n * spectrum->n_axes + axis);
        mote_lane_t *place = buffer + 2u * spectrum->fft.order[n / 2] + n % 2;
        *place = (x - before * spectrum->preemphasis) * spectrum->window[n];
        before = x;
    }
}

static void lay_zeros(const mote_spectrum_t *spectrum, mote_lane_t *buffer) {
    const uint16_t *order = spectrum->fft.order;
    for (uint32_t n = spectrum->frame_length / 2; n < spectrum->fft.n_fft / 2; n++) {
        mote_lane_t *place = buffer + 2u * order[n];
        place[0] = (mote_lane_t){0};
        place[1] = (mote_lane_t){0};
    }
}

void mote_spectrum_f32(const mote_spectrum_t *spectrum, const void *frame, uint32_t axis,
                       mote_lane_t *state, mote_lane_t *buffer) {
    lay_zeros(spectrum, buffer);
    /* The usual case by itself takes half the time. */
    if (spectrum->sample_type == MOTE_SAMPLES_S16 && spectrum->n_axes == 1 &&
        !(spectrum->preemphasis > 0.0f)) {
        lay_s16(spectrum, frame, buffer);
    } else {
        lay(spectrum, frame, axis, state, buffer);
    }
    mote_rfft_power_f32(&spectrum->fft, buffer);
    if (spectrum->is_magnitude) {
        for (uint32_t k = 0; k < spectrum->fft.n_bins; k++) {
            buffer[2 * k] = mote_lane_sqrt(buffer[2 * k]);
        }
    }
}
