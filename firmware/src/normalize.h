/* From frames of features to rows of the model's input: normalized as APP_CMVN says, quantized.
 * Memory is what that mode needs, none for MOTE_CMVN_NONE.
 */
#ifndef MOTE_NORMALIZE_H
#define MOTE_NORMALIZE_H

#include <stddef.h>
#include <stdint.h>

#include "application.h"

/* Forgets all frames. */
void mote_normalize_reset(void);

/* Takes the frame at `place` of the ring of the last APP_N_FRAMES, and writes its row. By the
 * window's own statistics rows are not known yet: then `row` is left as it is. `frame` is only read
 * and does not overlap the row. */
void mote_normalize_frame(const app_feature_t frame[APP_N_FEATURES], size_t place,
                          int8_t row[APP_N_FEATURES]);

/* Completes the rows of a full ring, whose oldest frame is at place `oldest`. */
void mote_normalize_window(size_t oldest, int8_t rows[APP_N_FRAMES][APP_N_FEATURES]);

#endif
