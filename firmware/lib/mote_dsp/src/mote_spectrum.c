#include "mote_spectrum.h"

#include "mote_lane.h"

#define MOTE_INLINE static inline __attribute__((always_inline))

MOTE_INLINE mote_lane_t sample(const void *frame, uint32_t index, mote_sample_type_t type) {
    if (type == MOTE_SAMPLES_S16) {
        return mote_lane_from_s16(((const mote_lane_s16_t *)frame)[index]);
    }
    return ((const mote_lane_t *)frame)[index];
}

/* Lays one axis of the frame, windowed, two samples a complex one, where the FFT wants it.
 * `before` is the sample before the frame. The last three arguments are constants where that saves
 * time: in the usual case all of them. Elsewhere `emphasised` is true even if the share is 0. */
MOTE_INLINE void lay(const mote_spectrum_t *spectrum, const void *frame, uint32_t axis,
                     mote_lane_t before, mote_lane_t *buffer, mote_sample_type_t type,
                     uint32_t n_axes, bool emphasised) {
    const uint16_t *order = spectrum->fft.order;
    const float *window = spectrum->window;
    const float preemphasis = spectrum->preemphasis;
    const uint32_t pairs = spectrum->frame_length / 2;
    uint32_t index = axis;
    for (uint32_t n = 0; n < pairs; n++) {
        const mote_lane_t x0 = sample(frame, index, type);
        const mote_lane_t x1 = sample(frame, index + n_axes, type);
        mote_lane_t *place = buffer + 2u * order[n];
        place[0] = (emphasised ? x0 - before * preemphasis : x0) * window[2 * n];
        place[1] = (emphasised ? x1 - x0 * preemphasis : x1) * window[2 * n + 1];
        before = x1;
        index += 2 * n_axes;
    }
    if (spectrum->frame_length % 2 != 0) {
        const mote_lane_t x = sample(frame, index, type);
        buffer[2u * order[pairs]] = (emphasised ? x - before * preemphasis : x) * window[2 * pairs];
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
    const mote_sample_type_t type = spectrum->sample_type;
    const uint32_t n_axes = spectrum->n_axes;
    const bool emphasised = spectrum->preemphasis > 0.0f;
    mote_lane_t before = {0};
    if (emphasised) {
        before = state[axis];
        state[axis] = sample(frame, (spectrum->hop_length - 1) * n_axes + axis, type);
    }
    lay_zeros(spectrum, buffer);
    if (type == MOTE_SAMPLES_S16 && n_axes == 1 && !emphasised) {
        lay(spectrum, frame, axis, before, buffer, MOTE_SAMPLES_S16, 1, false);
    } else if (type == MOTE_SAMPLES_S16) {
        lay(spectrum, frame, axis, before, buffer, MOTE_SAMPLES_S16, n_axes, true);
    } else {
        lay(spectrum, frame, axis, before, buffer, MOTE_SAMPLES_F32, n_axes, true);
    }
    mote_rfft_power_f32(&spectrum->fft, buffer);
    if (spectrum->is_magnitude) {
        for (uint32_t k = 0; k < spectrum->fft.n_bins; k++) {
            buffer[2 * k] = mote_lane_sqrt(buffer[2 * k]);
        }
    }
}
