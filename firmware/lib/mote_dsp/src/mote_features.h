/* Features of a stream of samples, frame by frame: what application code includes.
 *
 * The caller owns all memory. Nothing here allocates, blocks or keeps static state, so any number
 * of streams may run side by side, each with a state, a frame buffer, a block state and a scratch
 * of its own.
 *
 * Float arithmetic is IEEE 754 binary32, round to nearest even, in the order written, subnormals
 * kept: compile with -ffp-contract=off, without -ffast-math and without vector units that flush
 * subnormals (library.json does). Then every machine computes the same bytes. */
#ifndef MOTE_FEATURES_H
#define MOTE_FEATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every buffer that is handed over here is aligned to so many bytes. */
#define MOTE_FEATURES_ALIGNMENT 8

/* No float sample may be larger than this, 2^24, in magnitude; its bits are compared. */
#define MOTE_SAMPLE_MAX_BITS 0x4b800000u

typedef enum {
    MOTE_SAMPLES_S16, /* int16_t */
    MOTE_SAMPLES_F32  /* float, within +-2^24 */
} mote_sample_type_t;

typedef enum {
    MOTE_FEATURES_OK,
    MOTE_FEATURES_REJECTED /* a float sample is NaN, infinite or beyond +-2^24 */
} mote_features_status_t;

/* Computes one frame's features; each block has one such function.
 * frame[frame_length * n_axes], int16_t or float with the axes interleaved, is only read;
 * `parameters` is the block's own struct; state[state_size] is what the block keeps from one frame
 * to the next, all zero bytes before the first; scratch[scratch_size] is overwritten;
 * features[n_features], float or int32_t as the block says, is written. No two of them overlap. */
typedef void mote_features_compute_t(const void *frame, const void *parameters, void *state,
                                     void *scratch, void *features);

/* One block with its parameters. Constant: on a device all of it lies in flash. */
typedef struct {
    mote_features_compute_t *compute; /* the block's function, for example mote_mfcc_compute */
    const void *parameters;           /* the block's struct, for example a mote_mfcc_t */
    mote_sample_type_t sample_type;
    uint32_t n_axes;       /* values sampled at once, 1 or more */
    uint32_t frame_length; /* samples (of all axes) of one frame, 1 or more */
    uint32_t hop_length;   /* samples from one frame's start to the next, 1 or more */
    uint32_t n_features;   /* values written for one frame, 4 bytes each */
    uint32_t state_size;   /* bytes, may be 0 */
    uint32_t scratch_size; /* bytes, may be 0 */
} mote_features_config_t;

/* A stream in progress. Fields are private. */
typedef struct {
    const mote_features_config_t *config;
    void *frame;
    void *state;
    void *scratch;
    uint32_t filled; /* samples in `frame` */
    uint32_t skip; /* samples to drop before the next frame: only if hop_length > frame_length */
} mote_features_t;

/* Starts a stream at its first sample.
 * `config`, frame_buffer (frame_length * n_axes samples), block_state[state_size] and
 * scratch[scratch_size] must outlive `features`. The first two buffers belong to the stream; the
 * scratch holds nothing between two calls of mote_features_push, so others may use it meanwhile. */
void mote_features_init(mote_features_t *features, const mote_features_config_t *config,
                        void *frame_buffer, void *block_state, void *scratch);

/* Forgets all samples: the next one is the first of a new stream. */
void mote_features_reset(mote_features_t *features);

/* Takes samples until one frame is complete or `count` are used up; *taken says how many. `samples`
 * are of the block's type, n_axes interleaved values each.
 * *ready says whether a frame was completed; only then values[n_features] is written. Call again
 * with the samples that were not taken. Frames depend on the samples alone, not on how they were
 * cut into calls. If one of the samples it would take is not allowed, none is taken, the stream is
 * as before and the result is MOTE_FEATURES_REJECTED; int16 samples are always allowed. */
mote_features_status_t mote_features_push(mote_features_t *features, const void *samples,
                                          size_t count, size_t *taken, void *values, bool *ready);

/* Quantizes as TFLite does: round(value / scale), halves away from zero, plus zero_point,
 * saturated to -128..127.
 * `scale` is positive and normal, `zero_point` is in -128..127. Any `value` is defined: infinities
 * saturate, NaN (which no block gives) becomes -128. */
int8_t mote_quantize_f32_s8(float value, float scale, int32_t zero_point);

/* The same of an integer feature: round(value * multiplier / 2^shift), halves away from zero, plus
 * zero_point, saturated. `value` is within +-2^24, `multiplier` in 0..2^31 - 1, `shift` in 1..62. */
int8_t mote_quantize_s32_s8(int32_t value, int32_t multiplier, uint32_t shift, int32_t zero_point);

#endif
