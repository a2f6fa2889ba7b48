/* Features of a stream of samples, frame by frame: what application code includes.
 *
 * The caller owns all memory. Nothing here allocates, blocks or keeps static state, so any number
 * of streams may run side by side, each with a state, a frame buffer and a scratch of its own.
 *
 * Every operation is IEEE 754 binary32, round to nearest even, in the order written, subnormals
 * kept: compile with -ffp-contract=off, without -ffast-math and without vector units that flush
 * subnormals (library.json does). Then every machine computes the same bytes. */
#ifndef MOTE_FEATURES_H
#define MOTE_FEATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Computes one frame's features; each block has one such function.
 * frame[frame_length] is only read; `parameters` is the block's own struct; scratch[scratch_length]
 * is overwritten; features[n_features] is written. No two of them may overlap. */
typedef void mote_features_compute_t(const int16_t *frame, const void *parameters, float *scratch,
                                     float *features);

/* One block with its parameters. Constant: on a device all of it lies in flash. */
typedef struct {
    mote_features_compute_t *compute; /* the block's function, for example mote_mfcc_compute */
    const void *parameters;           /* the block's struct, for example a mote_mfcc_t */
    uint32_t frame_length;            /* samples of one frame, 1 or more */
    uint32_t hop_length;              /* samples from one frame's start to the next, 1 or more */
    uint32_t n_features;              /* floats written for one frame */
    uint32_t scratch_length;          /* floats of scratch */
} mote_features_config_t;

/* A stream in progress. Fields are private. */
typedef struct {
    const mote_features_config_t *config;
    int16_t *frame;
    float *scratch;
    uint32_t filled; /* samples in `frame` */
    uint32_t skip; /* samples to drop before the next frame: only if hop_length > frame_length */
} mote_features_t;

/* Starts a stream at its first sample.
 * `config`, frame_buffer[frame_length] and scratch[scratch_length] must outlive `state`. The frame
 * buffer belongs to the stream; the scratch holds nothing between two calls of
 * mote_features_push, so others may use it meanwhile. */
void mote_features_init(mote_features_t *state, const mote_features_config_t *config,
                        int16_t *frame_buffer, float *scratch);

/* Forgets all samples: the next one is the first of a new stream. */
void mote_features_reset(mote_features_t *state);

/* Takes samples until one frame is complete or `count` are used up; returns the number taken.
 * *ready says whether a frame was completed; only then features[n_features] is written. Call again
 * with the samples that were not taken. Frames depend on the samples alone, not on how they were
 * cut into calls. */
size_t mote_features_push(mote_features_t *state, const int16_t *samples, size_t count,
                          float *features, bool *ready);

/* Quantizes as TFLite does: round(value / scale), halves away from zero, plus zero_point,
 * saturated to -128..127.
 * `scale` is positive and normal, `zero_point` is in -128..127. Any `value` is defined: infinities
 * saturate, NaN (which no block gives) becomes -128. */
int8_t mote_quantize_f32_s8(float value, float scale, int32_t zero_point);

#endif
