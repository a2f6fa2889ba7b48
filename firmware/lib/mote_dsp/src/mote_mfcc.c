#include "mote_mfcc.h"

#include "mote_lane.h"

static mote_lane_t log_energy(const mote_mfe_t *mfe, const mote_lane_t *spectrum) {
    mote_lane_t energy = {0};
    for (uint32_t k = 0; k < mfe->spectrum.fft.n_bins; k++) {
        energy += spectrum[2 * k];
    }
    mote_log_scale_f32(&mfe->log, &energy, 1);
    return energy;
}

void mote_mfcc_compute(const void *frame, const void *parameters, void *state, void *scratch,
                       void *features) {
    const mote_mfcc_t *mfcc = parameters;
    const uint32_t n_mels = mfcc->mfe.n_mels;
    mote_lane_t *spectrum = scratch;
    mote_lane_t *log_mel = spectrum + mfcc->mfe.spectrum.fft.n_fft + 1;
    mote_lane_t *coefficient = features;
    mote_mfe_compute(frame, &mfcc->mfe, state, spectrum, log_mel);

    if (mfcc->energy_c0) {
        *coefficient++ = log_energy(&mfcc->mfe, spectrum);
    }
    const float *row = mfcc->dct;
    for (uint32_t k = 0; k < mfcc->n_rows; k++) {
        mote_lane_t sum = {0};
        for (uint32_t m = 0; m < n_mels; m++) {
            sum += log_mel[m] * row[m];
        }
        *coefficient++ = sum;
        row += n_mels;
    }
}
