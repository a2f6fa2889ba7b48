/*
 * Layers on int8 images, NHWC, row by row: what lies between two of them is never whole. Each layer
 * computes a row from a window of rows of its input, asks the layer before for those it does not
 * have yet, and keeps those that its next row needs again.
 */
#ifndef MOTE_STREAM_H
#define MOTE_STREAM_H

#include <stdint.h>
#include <string.h>

#include "mote_requantize.h"

/* Computes one row of a layer's output. Rows are asked for in order, each once. */
typedef void (*mote_rows_t)(int32_t row, int8_t *output);

typedef struct {
    int32_t height;      /* of the layer's input */
    int32_t row_bytes;   /* of its input */
    int32_t window_rows; /* rows of the input that one row of the output needs */
    int32_t stride;      /* row y needs those from y * stride - pad_top on */
    int32_t pad_top;
    int32_t fill; /* value of rows outside the input */
} mote_stream_stage_t;

typedef struct {
    int32_t height; /* of the output */
    int32_t row_bytes;
} mote_stream_t;

/* The window of row y of the first layer, in `input` itself or, at its edges, put together in
 * `window`, which has window_rows * row_bytes bytes. */
MOTE_INLINE const int8_t *mote_stream_input(const mote_stream_stage_t *p, const int8_t *input,
                                            int32_t y, int8_t *window) {
    const int32_t top = y * p->stride - p->pad_top;
    if (top >= 0 && top + p->window_rows <= p->height) {
        return input + top * p->row_bytes;
    }
    for (int32_t i = 0; i < p->window_rows; ++i) {
        int8_t *const target = window + i * p->row_bytes;
        const int32_t row = top + i;
        if (row < 0 || row >= p->height) {
            memset(target, p->fill, (size_t)p->row_bytes);
        } else {
            memcpy(target, input + row * p->row_bytes, (size_t)p->row_bytes);
        }
    }
    return window;
}

/* The window of row y of a later layer, in `window`, which has window_rows * row_bytes bytes and
 * keeps the window of row y - 1; `rows` computes the rows that are new. */
MOTE_INLINE const int8_t *mote_stream_window(const mote_stream_stage_t *p, mote_rows_t rows,
                                             int32_t y, int8_t *window) {
    const int32_t top = y * p->stride - p->pad_top;
    const int32_t overlap = p->window_rows - p->stride;
    const int32_t kept = y > 0 && overlap > 0 ? overlap : 0;
    if (kept > 0) {
        memmove(window, window + p->stride * p->row_bytes, (size_t)(kept * p->row_bytes));
    }
    for (int32_t i = kept; i < p->window_rows; ++i) {
        int8_t *const target = window + i * p->row_bytes;
        const int32_t row = top + i;
        if (row < 0 || row >= p->height) {
            memset(target, p->fill, (size_t)p->row_bytes);
        } else {
            rows(row, target);
        }
    }
    return window;
}

/* The whole output of the last layer. It may overlap the first layer's input as far as rows of that
 * are not asked for again. */
MOTE_INLINE void mote_stream(const mote_stream_t *p, mote_rows_t rows, int8_t *output) {
    for (int32_t y = 0; y < p->height; ++y) {
        rows(y, output + y * p->row_bytes);
    }
}

#endif
