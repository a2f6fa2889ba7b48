/* The samples themselves, scaled. */
#ifndef MOTE_RAW_H
#define MOTE_RAW_H

#include "mote_samples.h"

typedef struct {
    mote_samples_t samples;
} mote_raw_t;

/* A mote_features_compute_t whose parameters are a mote_raw_t.
 * Writes features[samples.length * samples.n_axes], float, in the order of the samples: all axes of
 * the first instant, then of the second. No state, no scratch. */
void mote_raw_compute(const void *frame, const void *parameters, void *state, void *scratch,
                      void *features);

#endif
