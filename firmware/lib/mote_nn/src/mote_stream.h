/*
 * Two layers on int8 images, NHWC, one after the other, row by row: what lies between them is never
 * whole. `scratch` holds the rows of it that one row of the output needs.
 */
#ifndef MOTE_STREAM_H
#define MOTE_STREAM_H

#include <stdint.h>
#include <string.h>

#include "mote_requantize.h"

/* Computes one row of a layer's output from `window_rows` rows of its input. */
typedef void (*mote_stage_t)(const int8_t *rows, int8_t *row);

typedef struct {
    int32_t height;      /* of the stage's input */
    int32_t row_bytes;   /* of its input; a multiple of 4 */
    int32_t window_rows; /* rows of the input that one row of the output needs */
    int32_t stride;      /* row y needs those from y * stride - pad_top on */
    int32_t pad_top;
    int32_t fill; /* value of rows outside the input */
} mote_stream_stage_t;

typedef struct {
    mote_stream_stage_t first;
    mote_stream_stage_t second; /* its input is what `first` computes */
    int32_t output_height;
    int32_t output_row_bytes; /* a multiple of 4 */
} mote_stream_t;

/* Runs a stage for the row whose window begins at row `top` of the input; at the input's edges it
 * is put together in `window`. */
MOTE_INLINE void mote_stream_row(const mote_stream_stage_t *p, mote_stage_t stage,
                                 const int8_t *input, int32_t top, int8_t *window, int8_t *row) {
    if (top >= 0 && top + p->window_rows <= p->height) {
        stage(input + top * p->row_bytes, row);
        return;
    }
    for (int32_t i = 0; i < p->window_rows; ++i) {
        int8_t *const target = window + i * p->row_bytes;
        const int32_t source = top + i;
        if (source < 0 || source >= p->height) {
            memset(target, p->fill, (size_t)p->row_bytes);
        } else {
            memcpy(target, input + source * p->row_bytes, (size_t)p->row_bytes);
        }
    }
    stage(window, row);
}

/* `scratch`: window_rows * row_bytes of `second`, then, if windows of `first` reach beyond its
 * input, the same of `first`. `output` may overlap `input` as far as rows of it were read for good.
 */
MOTE_INLINE void mote_stream(const mote_stream_t *p, mote_stage_t first, mote_stage_t second,
                             const int8_t *input, int8_t *scratch, int8_t *output) {
    const mote_stream_stage_t *const next = &p->second;
    int8_t *const edge = scratch + next->window_rows * next->row_bytes;
    const int32_t overlap = next->window_rows - next->stride;
    for (int32_t y = 0; y < p->output_height; ++y) {
        const int32_t top = y * next->stride - next->pad_top;
        const int32_t kept = y > 0 && overlap > 0 ? overlap : 0;
        if (kept > 0) {
            memmove(scratch, scratch + next->stride * next->row_bytes,
                    (size_t)(kept * next->row_bytes));
        }
        for (int32_t i = kept; i < next->window_rows; ++i) {
            int8_t *const target = scratch + i * next->row_bytes;
            const int32_t row = top + i;
            if (row < 0 || row >= next->height) {
                memset(target, next->fill, (size_t)next->row_bytes);
            } else {
                mote_stream_row(&p->first, first, input, row * p->first.stride - p->first.pad_top,
                                edge, target);
            }
        }
        second(scratch, output + y * p->output_row_bytes);
    }
}

#endif
