/* From a stream of samples to classified windows: samples -> frames of features -> int8 rows of
 * the last APP_N_FRAMES frames -> model. There is one stream, as there is one model.
 */
#ifndef MOTE_STREAM_H
#define MOTE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "application.h"

typedef struct {
    const app_feature_t
        *frame; /* [APP_N_FEATURES] if a frame was completed, valid until the next push;
                                   else NULL */
    bool window;        /* that frame completed a window: model_output() holds its result */
    uint32_t n_samples; /* of the stream so far, modulo 2^32 */
} mote_stream_event_t;

/* Prepares features and model. To be called once, first. */
void mote_stream_init(void);

/* Forgets all samples and frames, and what the model keeps from one inference to the next. */
void mote_stream_reset(void);

/* Takes samples[count][APP_N_AXES] until one frame is complete or all are used up; *taken says how
 * many. The first window is complete after APP_N_FRAMES frames, the following ones each
 * APP_STEP_SAMPLES later. Returns false, with none taken, if the features refuse a sample. */
bool mote_stream_push(const app_sample_t *samples, size_t count, size_t *taken,
                      mote_stream_event_t *event);

/* Row `frame` (0: the oldest) of the window, int8 [APP_N_FEATURES]. */
const int8_t *mote_stream_row(size_t frame);

/* Resets the stream and gives its window, int8 [MODEL_INPUT_SIZE], to be filled from outside. */
int8_t *mote_stream_load(void);

/* Runs the model on the window as it is now. */
void mote_stream_infer(void);

#endif
