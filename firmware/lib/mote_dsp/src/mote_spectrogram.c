#include "mote_spectrogram.h"

#include "mote_lane.h"

void mote_spectrogram_compute(const void *frame, const void *parameters, void *state, void *scratch,
                              void *features) {
    const mote_spectrogram_t *spectrogram = parameters;
    const mote_lane_t *first = (const mote_lane_t *)scratch + 2u * spectrogram->first_bin;
    mote_lane_t *bins = features;
    for (uint32_t axis = 0; axis < spectrogram->spectrum.n_axes; axis++) {
        mote_spectrum_f32(&spectrogram->spectrum, frame, axis, state, scratch);
        for (uint32_t k = 0; k < spectrogram->n_bins; k++) {
            bins[k] = first[2 * k] * spectrogram->gains[axis];
        }
        mote_log_scale_f32(&spectrogram->log, bins, spectrogram->n_bins);
        bins += spectrogram->n_bins;
    }
}
