#include "mote_mfcc_s32.h"

#include "mote_fixed.h"
#include "mote_log_s32.h"

static int32_t log_energy(const mote_mfcc_s32_t *mfcc, const int32_t *bins, uint32_t headroom) {
    const uint64_t energy = mote_spectrum_s32_energy(bins, mfcc->mfe.spectrum.n_bins);
    const int32_t log2_gain = mfcc->log2_gain - (int32_t)(2 * headroom) * (1 << 24);
    return mote_mul_hi(mote_log2_floored(energy, log2_gain, mfcc->mfe.log2_floor),
                       mfcc->mfe.log_factor);
}

void mote_mfcc_s32_compute(const void *frame, const void *parameters, void *state, void *scratch,
                           void *features) {
    const mote_mfcc_s32_t *mfcc = parameters;
    const uint32_t n_mels = mfcc->mfe.n_mels;
    int32_t *buffer = scratch;
    int32_t *log2_mel = buffer + mfcc->mfe.spectrum.fft.n_fft + 2;
    const uint32_t headroom = mote_mfe_s32_log2(&mfcc->mfe, frame, state, buffer, log2_mel);

    int32_t *feature = features;
    if (mfcc->energy_c0) {
        *feature++ = log_energy(mfcc, buffer, headroom);
    }
    const int32_t *weight = mfcc->dct;
    for (uint32_t k = 0; k < mfcc->n_rows; k++) {
        int32_t sum = 1 << (mfcc->shift - 1);
        for (uint32_t m = 0; m < n_mels; m++) {
            sum = mote_mul_hi_add(sum, log2_mel[m], *weight++);
        }
        *feature++ = sum >> mfcc->shift;
    }
}
