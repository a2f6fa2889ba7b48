#include "mote_mfcc.h"

void mote_mfcc_compute(const void *frame, const void *parameters, void *state, void *scratch,
                       void *features) {
    const mote_mfcc_t *mfcc = parameters;
    const uint32_t n_mels = mfcc->mfe.n_mels;
    mote_lane_t *log_mel = (mote_lane_t *)scratch + mfcc->mfe.fft.n_fft + 1;
    mote_mfe_compute(frame, &mfcc->mfe, state, scratch, log_mel);

    mote_lane_t *coefficients = features;
    const float *row = mfcc->dct;
    for (uint32_t k = 0; k < mfcc->n_mfcc; k++) {
        mote_lane_t sum = {0};
        for (uint32_t m = 0; m < n_mels; m++) {
            sum += log_mel[m] * row[m];
        }
        coefficients[k] = sum;
        row += n_mels;
    }
}
