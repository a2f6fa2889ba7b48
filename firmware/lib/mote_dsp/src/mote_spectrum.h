/* Power or magnitude spectrum of one frame: pre-emphasis, window, FFT.
 *
 * Pre-emphasis takes a share of the sample before off each sample, y[n] = x[n] - a x[n - 1], over
 * the whole stream: the sample before a frame is kept from the frame before. Before the first
 * sample of a stream there are zeros. */
#ifndef MOTE_SPECTRUM_H
#define MOTE_SPECTRUM_H

#include <stdbool.h>
#include <stdint.h>

#include "mote_features.h"
#include "mote_lane.h"
#include "mote_rfft.h"

typedef struct {
    mote_sample_type_t sample_type;
    uint32_t n_axes;       /* values sampled at once */
    uint32_t frame_length; /* samples, at most fft.n_fft; zeros follow them */
    uint32_t hop_length;   /* samples, at most frame_length if there is pre-emphasis */
    float preemphasis;     /* 0 to 1; with 0 no state is used */
    bool is_magnitude;     /* magnitudes, else powers */
    const float *window;   /* [frame_length], times 1/2 for the FFT and what samples are worth */
    mote_rfft_t fft;
} mote_spectrum_t;

/* Computes one axis' spectrum: bin k at buffer[2 * k] for k = 0..fft.n_bins - 1.
 * frame[frame_length][n_axes] is only read; state[n_axes] is the last sample of each axis before
 * the frame (unused without pre-emphasis); buffer[fft.n_fft + 1] is overwritten. None overlap. */
void mote_spectrum_f32(const mote_spectrum_t *spectrum, const void *frame, uint32_t axis,
                       mote_lane_t *state, mote_lane_t *buffer);

#endif
