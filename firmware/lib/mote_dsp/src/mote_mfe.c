#include "mote_mfe.h"

#include "mote_log.h"

/* Lays the windowed frame, two samples a complex one, where the FFT wants it, and zeros behind. */
static void window_frame(const mote_lane_s16_t *frame, const mote_mfe_t *mfe, mote_lane_t *buffer) {
    const uint16_t *order = mfe->fft.order;
    const uint32_t pairs = mfe->frame_length / 2;
    for (uint32_t n = 0; n < pairs; n++) {
        mote_lane_t *place = buffer + 2u * order[n];
        place[0] = mote_lane_from_s16(frame[2 * n]) * mfe->window[2 * n];
        place[1] = mote_lane_from_s16(frame[2 * n + 1]) * mfe->window[2 * n + 1];
    }
    for (uint32_t n = pairs; n < mfe->fft.n_fft / 2; n++) {
        mote_lane_t *place = buffer + 2u * order[n];
        place[0] = (mote_lane_t){0};
        place[1] = (mote_lane_t){0};
    }
    if (mfe->frame_length % 2 != 0) {
        buffer[2u * order[pairs]] = mote_lane_from_s16(frame[2 * pairs]) * mfe->window[2 * pairs];
    }
}

/* Log energies of the filters from the power of bin k at power[2 * k]. The falling side of filter
 * m - 1 and the rising side of filter m share segment m. */
static void log_mel(const mote_lane_t *power, const mote_mfe_t *mfe, mote_lane_t *features) {
    const float *weight = mfe->mel_weights;
    mote_lane_t energy = {0};
    for (uint32_t m = 0; m <= mfe->n_mels; m++) {
        const mote_lane_t *end = power + 2u * mfe->mel_starts[m + 1];
        mote_lane_t rising = {0};
        for (const mote_lane_t *p = power + 2u * mfe->mel_starts[m]; p < end; p += 2) {
            const mote_lane_t up = *p * *weight++;
            rising += up;
            energy += *p - up;
        }
        if (m > 0) {
            features[m - 1] = mote_lane_max(energy, mfe->log_floor);
        }
        energy = rising;
    }
    mote_log_all_f32(features, mfe->n_mels);
}

void mote_mfe_compute(const void *frame, const void *parameters, void *state, void *scratch,
                      void *features) {
    (void)state;
    const mote_mfe_t *mfe = parameters;
    window_frame(frame, mfe, scratch);
    mote_rfft_power_f32(&mfe->fft, scratch);
    log_mel(scratch, mfe, features);
}
