#include "mote_mfcc.h"

void mote_mfcc_compute(const void *frame, const void *parameters, void *state, void *scratch,
                       void *features) {
    const mote_mfcc_t *mfcc = parameters;
    const uint32_t n_mels = mfcc->mfe.n_mels;
    float *log_mel = (float *)scratch + mfcc->mfe.fft.n_fft;
    mote_mfe_compute(frame, &mfcc->mfe, state, scratch, log_mel);

    float *coefficients = features;
    const float *row = mfcc->dct;
    for (uint32_t k = 0; k < mfcc->n_mfcc; k++) {
        float sum = 0.0f;
        for (uint32_t m = 0; m < n_mels; m++) {
            sum += row[m] * log_mel[m];
        }
        coefficients[k] = sum;
        row += n_mels;
    }
}
