#include "mote_spectrogram_s32.h"

#include "mote_fixed.h"
#include "mote_log_s32.h"

void mote_spectrogram_s32_compute(const void *frame, const void *parameters, void *state,
                                  void *scratch, void *features) {
    const mote_spectrogram_s32_t *spectrogram = parameters;
    const int32_t *first = (const int32_t *)scratch + 2u * spectrogram->first_bin;
    int32_t *feature = features;
    for (uint32_t axis = 0; axis < spectrogram->spectrum.n_axes; axis++) {
        const uint32_t headroom =
            mote_spectrum_s32(&spectrogram->spectrum, frame, axis, state, scratch);
        for (uint32_t k = 0; k < spectrogram->n_bins; k++) {
            const uint64_t power = mote_spectrum_s32_energy(first + 2 * k, 1);
            const int32_t log2_power = mote_log2_u64(power) - (int32_t)(2 * headroom) * (1 << 24);
            const int32_t log2_bin = (spectrogram->is_magnitude ? log2_power / 2 : log2_power) +
                                     spectrogram->log2_gains[axis];
            const bool is_floor = power == 0 || log2_bin < spectrogram->log2_floor;
            *feature++ =
                mote_mul_hi(is_floor ? spectrogram->log2_floor : log2_bin, spectrogram->log_factor);
        }
    }
}
