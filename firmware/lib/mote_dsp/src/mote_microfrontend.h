/* TFLM's audio front end ("microfrontend"), integer only, with the same outputs to the bit: window,
 * FFT, mel filterbank, square root, noise reduction, gain control, logarithm.
 *
 * moteflow.dsp.microfrontend_tables computes the tables. */
#ifndef MOTE_MICROFRONTEND_H
#define MOTE_MICROFRONTEND_H

#include <stdint.h>

#include "mote_microfrontend_fft.h"

/* Bins are counted from channel_starts[0] on, the first that any channel takes. Segment c of the
 * bins, from channel_starts[c] to channel_starts[c + 1], rises in channel c and falls in channel
 * c - 1. */
typedef struct {
    uint32_t n_channels;
    const uint16_t *channel_starts; /* [n_channels + 2]: first bin of each segment, then the end */
    const uint16_t *weights; /* [bins][2]: rising and falling weight of each bin, Q12, 0..1 */
} mote_microfrontend_filterbank_t;

typedef struct {
    uint32_t smoothing_bits; /* of the estimates' fraction, 0 to 16 */
    uint32_t even_smoothing; /* weight of a new magnitude in the estimate, Q14, 0..1 */
    uint32_t odd_smoothing; /* the same for channels 1, 3, 5, ... */
    uint32_t min_signal_remaining; /* Q14, 0..1 */
} mote_microfrontend_noise_t;

typedef struct {
    const int16_t *gains; /* [95]: see gain_of in the source; a null pointer leaves the step out */
    uint32_t snr_shift; /* 0 to 31 */
} mote_microfrontend_gain_t;

typedef struct {
    const uint16_t *corrections; /* [129]: log2(1 + i / 128) - i / 128, Q16; a null pointer leaves
                                    the step out */
    uint32_t input_shift; /* 0 to 5 */
    uint32_t output_shift; /* 0 to 11 */
} mote_microfrontend_log_t;

typedef struct {
    uint32_t frame_length; /* samples, at most fft.n_fft; the rest is zeros */
    const int16_t *window; /* [frame_length], Q12, 0..1 */
    mote_microfrontend_fft_t fft;
    mote_microfrontend_filterbank_t filterbank;
    mote_microfrontend_noise_t noise;
    mote_microfrontend_gain_t gain;
    mote_microfrontend_log_t log;
} mote_microfrontend_t;

/* A mote_features_compute_t whose parameters are a mote_microfrontend_t.
 * The frame is int16; `state` is uint32_t[n_channels], each channel's noise estimate; scratch is
 * uint32_t[fft.n_fft / 2]; features is int32_t[n_channels], 0 to 65535. */
void mote_microfrontend_compute(const void *frame, const void *parameters, void *state,
                                void *scratch, void *features);

#endif
