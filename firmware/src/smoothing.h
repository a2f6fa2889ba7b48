/* Moving average of scores over the last windows, in integers only. */
#ifndef MOTE_SMOOTHING_H
#define MOTE_SMOOTHING_H

#include <stddef.h>
#include <stdint.h>

#define MOTE_SMOOTHING_NONE (-1)

typedef struct {
    uint8_t *history; /* [n_windows][n_labels], owned by the caller */
    size_t n_labels;
    size_t n_windows;
    uint32_t threshold_q8; /* of the mean score, in 1/256 units: 0 to 256 */
    size_t n_filled;
    size_t next;
} mote_smoothing_t;

/* `history` has n_windows * n_labels bytes and must outlive `state`; both counts are >= 1. */
void mote_smoothing_init(mote_smoothing_t *state, uint8_t *history, size_t n_labels,
                         size_t n_windows, uint32_t threshold_q8);

/* Forgets all windows. */
void mote_smoothing_reset(mote_smoothing_t *state);

/* Takes the int8 [n_labels] output of one window. Returns the label whose score, output + 128,
 * has the highest mean over the last n_windows windows (over fewer while fewer were taken; the
 * first label among equals), or MOTE_SMOOTHING_NONE if that mean is below the threshold. */
int32_t mote_smoothing_push_s8(mote_smoothing_t *state, const int8_t *output);

#endif
