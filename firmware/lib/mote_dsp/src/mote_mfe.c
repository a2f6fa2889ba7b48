#include "mote_mfe.h"

#include <string.h>

#include "mote_log.h"

/* Lays the windowed frame, two samples a complex one, where the FFT wants it. */
static void window_frame(const int16_t *frame, const mote_mfe_t *mfe, float *buffer) {
    memset(buffer, 0, mfe->fft.n_fft * sizeof *buffer);
    const uint16_t *order = mfe->fft.order;
    const uint32_t pairs = mfe->frame_length / 2;
    for (uint32_t n = 0; n < pairs; n++) {
        float *place = buffer + 2u * order[n];
        place[0] = (float)frame[2 * n] * mfe->window[2 * n];
        place[1] = (float)frame[2 * n + 1] * mfe->window[2 * n + 1];
    }
    if (mfe->frame_length % 2 != 0) {
        buffer[2u * order[pairs]] = (float)frame[2 * pairs] * mfe->window[2 * pairs];
    }
}

/* Log energies of the filters from the power of bin k at power[2 * k]. The falling side of filter
 * m - 1 and the rising side of filter m share segment m. */
static void log_mel(const float *power, const mote_mfe_t *mfe, float *features) {
    const float *weight = mfe->mel_weights;
    float energy = 0.0f;
    for (uint32_t m = 0; m <= mfe->n_mels; m++) {
        const float *end = power + 2u * mfe->mel_starts[m + 1];
        float rising = 0.0f;
        for (const float *p = power + 2u * mfe->mel_starts[m]; p < end; p += 2) {
            const float up = *weight++ * *p;
            rising += up;
            energy += *p - up;
        }
        if (m > 0) {
            features[m - 1] = mote_log_f32(energy > mfe->log_floor ? energy : mfe->log_floor);
        }
        energy = rising;
    }
}

void mote_mfe_compute(const void *frame, const void *parameters, void *state, void *scratch,
                      void *features) {
    (void)state;
    const mote_mfe_t *mfe = parameters;
    window_frame(frame, mfe, scratch);
    mote_rfft_power_f32(&mfe->fft, scratch);
    log_mel(scratch, mfe, features);
}
