/* From the scores of classified windows to events: moving average, threshold, suppression.
 *
 * Integers only: the same scores give the same events everywhere. The caller owns all memory. */
#ifndef MOTE_EVENTS_H
#define MOTE_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#define MOTE_EVENTS_NO_LABEL (-1)

typedef struct {
    uint32_t n_labels;            /* 1 or more */
    uint32_t n_windows;           /* averaged over so many, 1 to 65536 */
    uint32_t threshold;           /* on the mean score: 0 to 255; above 255 nothing reaches it */
    uint32_t suppression_windows; /* windows after an event that bring no other */
    const uint8_t *background;    /* [n_labels]: 1 where a label is never an event, else 0 */
} mote_events_config_t;

/* The windows so far. Fields are private. */
typedef struct {
    const mote_events_config_t *config;
    uint8_t *history; /* ring [n_windows][n_labels] */
    uint32_t n_filled;
    uint32_t next;
    uint32_t suppressed; /* windows left without an event */
} mote_events_t;

/* What one window leads to. */
typedef struct {
    int32_t label;  /* the one of the highest mean, MOTE_EVENTS_NO_LABEL below the threshold */
    uint32_t score; /* the highest mean, rounded down: 0 to 255 */
    bool event;     /* the label was heard now */
} mote_decision_t;

/* `config` and history[n_windows * n_labels] must outlive `state`. */
void mote_events_init(mote_events_t *state, const mote_events_config_t *config, uint8_t *history);

/* Forgets all windows: a new stream begins. */
void mote_events_reset(mote_events_t *state);

/* Takes scores[n_labels] of the next window. Their mean is over the last n_windows windows, over
 * fewer while fewer were taken; it is compared exactly, and the first label among equals wins.
 * An event is a label that is not background, at or above the threshold, with none in the
 * suppression_windows windows before. */
mote_decision_t mote_events_push(mote_events_t *state, const uint8_t *scores);

#endif
