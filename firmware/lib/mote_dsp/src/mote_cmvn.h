/* Normalization of features, each by its mean and variance: a step after any block.
 *
 * Over the rows of one window, over the rows that came last (sliding), or by statistics of the
 * training set. A mean is taken of differences to the first row and added to it, so that a feature
 * that never changes becomes 0, not rounding errors. A feature without variance becomes 0. */
#ifndef MOTE_CMVN_H
#define MOTE_CMVN_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t n_features;
    bool variance;     /* window and sliding: also divide by the standard deviation */
    uint32_t n_frames; /* sliding: rows that count, the normalized one included; 1 or more */
    const float *mean; /* training: [n_features] */
    const float *gain; /* training: [n_features], what a difference is multiplied by, or NULL: 1 */
} mote_cmvn_t;

/* The rows that came last. A stream starts with next and count 0; the other values are private. */
typedef struct {
    float *rows; /* [n_frames][n_features], the caller's, of any content at the start */
    uint32_t next; /* row that is overwritten next */
    uint32_t count; /* rows seen, at most n_frames */
} mote_cmvn_history_t;

/* Replaces integer features by floats, for which the normalization is made: values[count] holds
 * int32_t within +-2^24 before, and their products with `scale`, rounded once, after. */
void mote_cmvn_from_s32(void *values, uint32_t count, float scale);

/* Each of the others replaces rows[n_rows][n_features], finite floats that overlap nothing else here. */

/* By the rows' own statistics. */
void mote_cmvn_window_f32(const mote_cmvn_t *cmvn, float *rows, uint32_t n_rows);

/* Row after row by the statistics of the last n_frames rows of the stream, fewer at its start. How
 * a stream is cut into calls changes nothing. */
void mote_cmvn_sliding_f32(const mote_cmvn_t *cmvn, mote_cmvn_history_t *history, float *rows,
                           uint32_t n_rows);

/* By the tables mean and gain. */
void mote_cmvn_training_f32(const mote_cmvn_t *cmvn, float *rows, uint32_t n_rows);

#endif
