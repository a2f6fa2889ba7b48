/* The steps of the front end after its spectrum, one channel at a time. */
#ifndef MOTE_MICROFRONTEND_CHANNELS_H
#define MOTE_MICROFRONTEND_CHANNELS_H

#include "mote_microfrontend.h"

/* The energy of a channel to its magnitude: the square root, rounded to the nearest.
 * As in the original, a result of 65535 is not rounded up if the energy is below 2^32.
 * `energy` is below 2^62. */
uint32_t mote_microfrontend_sqrt(uint64_t energy);

/* Subtracts the noise from the magnitude, after the estimate of it took the magnitude in. */
uint32_t mote_microfrontend_reduce_noise(const mote_microfrontend_noise_t *noise,
                                         uint32_t smoothing, uint32_t magnitude,
                                         uint32_t *estimate);

/* The magnitude relative to the noise estimate, its dynamic range compressed. */
uint32_t mote_microfrontend_control_gain(const mote_microfrontend_gain_t *gain, uint32_t estimate,
                                         uint32_t magnitude);

/* ln(magnitude * 2^input_shift) * 2^output_shift. */
uint32_t mote_microfrontend_log(const mote_microfrontend_log_t *log, uint32_t magnitude);

#endif
