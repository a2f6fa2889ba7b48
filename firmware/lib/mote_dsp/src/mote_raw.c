#include "mote_raw.h"

void mote_raw_compute(const void *frame, const void *parameters, void *state, void *scratch,
                      void *features) {
    (void)state;
    (void)scratch;
    const mote_raw_t *raw = parameters;
    mote_samples_f32(&raw->samples, frame, features);
}
