/* A few statistics of each axis: how a whole frame is distributed, not how it goes on in time. */
#ifndef MOTE_FLATTEN_H
#define MOTE_FLATTEN_H

#include "mote_samples.h"
#include "mote_statistics.h"

typedef struct {
    mote_samples_t samples;
    mote_statistics_t statistics;
} mote_flatten_t;

/* A mote_features_compute_t whose parameters are a mote_flatten_t.
 * Writes features[samples.n_axes][statistics.n_codes], float. No state; scratch has samples.length
 * floats. Finite for any samples. */
void mote_flatten_compute(const void *frame, const void *parameters, void *state, void *scratch,
                          void *features);

#endif
