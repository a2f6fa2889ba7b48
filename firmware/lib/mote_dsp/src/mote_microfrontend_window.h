/* The first step of the front end. */
#ifndef MOTE_MICROFRONTEND_WINDOW_H
#define MOTE_MICROFRONTEND_WINDOW_H

#include "mote_microfrontend.h"

/* Lays the windowed frame into words[fft.n_fft / 2] as mote_microfrontend_power wants it.
 * Returns the shift that moves its largest magnitude to 2^14 or more, 15 for silence. As in the
 * original, a windowed sample of -32768 counts as silence. `frame` is aligned to 4. */
uint32_t mote_microfrontend_window(const mote_microfrontend_t *parameters, const int16_t *frame,
                                   uint32_t *words);

#endif
