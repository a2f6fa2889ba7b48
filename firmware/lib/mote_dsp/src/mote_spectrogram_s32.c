#include "mote_spectrogram_s32.h"

#include "mote_fixed.h"
#include "mote_log_s32.h"

/* Square of the magnitude, from the 15 highest bits of the larger part on. */
static uint64_t square(int32_t re, int32_t im) {
    const uint32_t bits = 32 - mote_leading_zeros(mote_magnitude_bits(re) | mote_magnitude_bits(im));
    const uint32_t shift = bits > 15 ? bits - 15 : 0;
    re >>= shift;
    im >>= shift;
    return (uint64_t)((uint32_t)(re * re) + (uint32_t)(im * im)) << 2 * shift;
}

void mote_spectrogram_s32_compute(const void *frame, const void *parameters, void *state,
                                  void *scratch, void *features) {
    const mote_spectrogram_s32_t *spectrogram = parameters;
    const uint32_t end = spectrogram->first_bin + spectrogram->n_bins;
    const int32_t *bins = scratch;
    int32_t *feature = features;
    for (uint32_t axis = 0; axis < spectrogram->spectrum.n_axes; axis++) {
        const uint32_t headroom =
            mote_spectrum_s32(&spectrogram->spectrum, frame, axis, state, end, scratch);
        for (uint32_t k = spectrogram->first_bin; k < end; k++) {
            const uint64_t power = square(bins[2 * k], bins[2 * k + 1]);
            const int32_t log2_power = mote_log2_u64(power) - (int32_t)(2 * headroom) * (1 << 24);
            const int32_t log2_bin = (spectrogram->is_magnitude ? log2_power / 2 : log2_power) +
                                     spectrogram->log2_gains[axis];
            const bool is_floor = power == 0 || log2_bin < spectrogram->log2_floor;
            *feature++ = mote_mul_hi(is_floor ? spectrogram->log2_floor : log2_bin,
                                     spectrogram->log_factor);
        }
    }
}
