#include "mote_mfcc_s32.h"

#include "mote_fixed.h"

void mote_mfcc_s32_compute(const void *frame, const void *parameters, void *state, void *scratch,
                           void *features) {
    const mote_mfcc_s32_t *mfcc = parameters;
    const uint32_t n_mels = mfcc->mfe.n_mels;
    int32_t *buffer = scratch;
    int32_t *log2_mel = buffer + mfcc->mfe.spectrum.fft.n_fft + 2;
    mote_mfe_s32_log2(&mfcc->mfe, frame, state, buffer, log2_mel);

    int32_t *values = features;
    const int32_t *weight = mfcc->dct;
    for (uint32_t k = 0; k < mfcc->n_mfcc; k++) {
        int32_t sum = 1 << (mfcc->shift - 1);
        for (uint32_t m = 0; m < n_mels; m++) {
            sum = mote_mul_hi_add(sum, log2_mel[m], *weight++);
        }
        values[k] = sum >> mfcc->shift;
    }
}
