#include "mote_mfe.h"

#include <stddef.h>

#include "mote_lane.h"

/* Energies of the filters from bin k at spectrum[2 * k]. The falling side of filter m - 1 and the
 * rising side of filter m share segment m. */
static void mel_energies(const mote_lane_t *spectrum, const mote_mfe_t *mfe,
                         mote_lane_t *energies) {
    const float *weight = mfe->mel_weights;
    mote_lane_t energy = {0};
    for (uint32_t m = 0; m <= mfe->n_mels; m++) {
        const mote_lane_t *end = spectrum + 2u * mfe->mel_starts[m + 1];
        mote_lane_t rising = {0};
        for (const mote_lane_t *p = spectrum + 2u * mfe->mel_starts[m]; p < end; p += 2) {
            const mote_lane_t up = *p * *weight++;
            rising += up;
            energy += *p - up;
        }
        if (m > 0) {
            energies[m - 1] = energy;
        }
        energy = rising;
    }
}

void mote_mfe_compute(const void *frame, const void *parameters, void *state, void *scratch,
                      void *features) {
    const mote_mfe_t *mfe = parameters;
    mote_lane_t *energies = features;
    mote_spectrum_f32(&mfe->spectrum, frame, 0, state, scratch);
    mel_energies(scratch, mfe, energies);
    if (mfe->mel_gains != NULL) {
        for (uint32_t m = 0; m < mfe->n_mels; m++) {
            energies[m] *= mfe->mel_gains[m];
        }
    }
    mote_log_scale_f32(&mfe->log, energies, mfe->n_mels);
}
