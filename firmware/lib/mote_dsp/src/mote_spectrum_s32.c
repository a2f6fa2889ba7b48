#include "mote_spectrum_s32.h"

#include <stdbool.h>
#include <string.h>

#include "mote_fixed.h"

#define MOTE_INLINE static inline __attribute__((always_inline))

/* Of samples 0 and -1. */
#define MAX_HEADROOM 15u

/* How many bits all samples and the one before them can be shifted left within int16. Two samples
 * are looked at in one word for bits that differ from the one below, which bits 0 and 16 lack: the
 * highest is where a sample's sign ends. */
static uint32_t find_headroom(const int16_t *samples, uint32_t length, int16_t before) {
    uint32_t changes = (uint32_t)(before ^ before * 2);
    uint32_t i = 0;
    for (; i + 1 < length; i += 2) {
        uint32_t pair;
        memcpy(&pair, __builtin_assume_aligned(samples + i, sizeof pair), sizeof pair);
        changes |= pair ^ pair << 1;
    }
    if (i < length) {
        changes |= (uint32_t)(samples[i] ^ samples[i] * 2);
    }
    return mote_leading_zeros(((changes >> 16 | changes) & 0xfffe) >> 1) - 17;
}

/* The same of one of several axes. */
static uint32_t find_axis_headroom(const int16_t *sample, uint32_t length, uint32_t n_axes,
                                   int16_t before) {
    uint32_t bits = mote_magnitude_bits(before);
    for (const int16_t *const end = sample + length * n_axes; sample < end; sample += n_axes) {
        bits |= mote_magnitude_bits(*sample);
    }
    return mote_leading_zeros(bits) - 17;
}

static bool is_silent(const int16_t *sample, uint32_t length, uint32_t n_axes, int16_t before) {
    const int16_t *const end = sample + length * n_axes;
    while (sample < end && *sample == 0) {
        sample += n_axes;
    }
    return sample == end && before == 0;
}

/* The sample in the high half of a word. */
MOTE_INLINE int32_t normalize(int32_t sample, uint32_t headroom) {
    return (int32_t)((uint32_t)sample << (16 + headroom));
}

/* A sample, normalized, times its weight; with pre-emphasis half of it. */
MOTE_INLINE int32_t weigh(int32_t sample, int32_t before, int32_t weight, int32_t preemphasis,
                          bool emphasised) {
    return emphasised ? mote_mul_hi(weight, (sample >> 1) - mote_mul_hi_top(preemphasis, before))
                      : mote_mul_hi_top(weight, sample);
}

/* Lays one axis of the frame, windowed, two samples a complex one, where the FFT wants it. The last
 * two arguments are constants where that saves time. */
MOTE_INLINE void lay(const mote_spectrum_s32_t *spectrum, const int16_t *frame, int16_t previous,
                     uint32_t headroom, int32_t *buffer, uint32_t n_axes, bool emphasised) {
    const uint16_t *order = spectrum->fft.order;
    const int32_t *window = spectrum->window;
    const int32_t preemphasis = spectrum->preemphasis;
    int32_t before = normalize(previous, headroom);
    for (uint32_t pairs = spectrum->frame_length / 2; pairs > 0; pairs--) {
        int32_t *place = buffer + 2u * *order++;
        const int32_t x0 = normalize(*frame, headroom);
        frame += n_axes;
        place[0] = weigh(x0, before, *window++, preemphasis, emphasised);
        const int32_t x1 = normalize(*frame, headroom);
        frame += n_axes;
        place[1] = weigh(x1, x0, *window++, preemphasis, emphasised);
        before = x1;
    }
    const uint16_t *const end = spectrum->fft.order + spectrum->fft.n_fft / 2;
    if (spectrum->frame_length % 2 != 0) {
        int32_t *place = buffer + 2u * *order++;
        place[0] = weigh(normalize(*frame, headroom), before, *window, preemphasis, emphasised);
        place[1] = 0;
    }
    while (order < end) {
        int32_t *place = buffer + 2u * *order++;
        place[0] = 0;
        place[1] = 0;
    }
}

uint32_t mote_spectrum_s32(const mote_spectrum_s32_t *spectrum, const int16_t *frame, uint32_t axis,
                           int16_t *state, int32_t *buffer) {
    const uint32_t length = spectrum->frame_length;
    const uint32_t n_axes = spectrum->n_axes;
    const bool emphasised = spectrum->preemphasis != 0;
    const int16_t before = emphasised ? state[axis] : 0;
    frame += axis;
    if (emphasised) {
        state[axis] = frame[(spectrum->hop_length - 1) * n_axes];
    }

    const uint32_t headroom = n_axes == 1 ? find_headroom(frame, length, before)
                                          : find_axis_headroom(frame, length, n_axes, before);
    if (headroom == MAX_HEADROOM && is_silent(frame, length, n_axes, before)) {
        memset(buffer, 0, 2 * spectrum->n_bins * sizeof *buffer);
        return headroom;
    }
    if (n_axes == 1 && !emphasised) {
        lay(spectrum, frame, 0, headroom, buffer, 1, false);
    } else {
        lay(spectrum, frame, before, headroom, buffer, n_axes, emphasised);
    }
    mote_rfft_s32(&spectrum->fft, buffer, spectrum->n_bins);
    return headroom;
}

uint64_t mote_spectrum_s32_energy(const int32_t *bins, uint32_t n_bins) {
    uint32_t bits = 0;
    for (uint32_t i = 0; i < 2 * n_bins; i++) {
        bits |= mote_magnitude_bits(bins[i]);
    }
    const uint32_t n_bits = 32 - mote_leading_zeros(bits);
    const uint32_t shift = n_bits > 15 ? n_bits - 15 : 0;
    uint64_t energy = 0;
    for (uint32_t i = 0; i < 2 * n_bins; i++) {
        const int32_t part = bins[i] >> shift;
        energy += (uint32_t)(part * part);
    }
    return energy << 2 * shift;
}
