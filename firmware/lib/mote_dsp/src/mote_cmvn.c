#include "mote_cmvn.h"

#include <float.h>
#include <stddef.h>
#include <string.h>

#include "mote_sqrt.h"

/* Rows in order of time, in a ring: after the last of its `capacity` rows comes the first. */
typedef struct {
    const float *rows;
    uint32_t n_features;
    uint32_t first;
    uint32_t count;
    uint32_t capacity;
} ring_t;

typedef struct {
    float mean;
    float gain;
} statistics_t;

static float value_at(const ring_t *ring, uint32_t frame, uint32_t feature) {
    uint32_t row = ring->first + frame;
    if (row >= ring->capacity) {
        row -= ring->capacity;
    }
    return ring->rows[row * ring->n_features + feature];
}

static statistics_t measure(const ring_t *ring, uint32_t feature, bool variance) {
    const float n = (float)ring->count;
    const float first = value_at(ring, 0, feature);
    float sum = 0.0f;
    for (uint32_t i = 1; i < ring->count; i++) {
        sum += value_at(ring, i, feature) - first;
    }
    const float mean = first + sum / n;
    if (!variance) {
        return (statistics_t){mean, 1.0f};
    }
    float squares = 0.0f;
    for (uint32_t i = 0; i < ring->count; i++) {
        const float difference = value_at(ring, i, feature) - mean;
        squares += difference * difference;
    }
    const bool has_root = squares >= FLT_MIN && squares <= FLT_MAX;
    return (statistics_t){mean, has_root ? 1.0f / mote_sqrt_f32(squares / n) : 0.0f};
}

void mote_cmvn_from_s32(void *values, uint32_t count, float scale) {
    char *place = values;
    for (uint32_t i = 0; i < count; i++) {
        int32_t integer;
        memcpy(&integer, place, sizeof integer);
        const float product = (float)integer * scale;
        memcpy(place, &product, sizeof product);
        place += sizeof product;
    }
}

void mote_cmvn_window_f32(const mote_cmvn_t *cmvn, float *rows, uint32_t n_rows) {
    const ring_t ring = {rows, cmvn->n_features, 0, n_rows, n_rows};
    for (uint32_t feature = 0; feature < cmvn->n_features; feature++) {
        const statistics_t statistics = measure(&ring, feature, cmvn->variance);
        for (uint32_t row = 0; row < n_rows; row++) {
            float *value = rows + row * cmvn->n_features + feature;
            *value = (*value - statistics.mean) * statistics.gain;
        }
    }
}

static void slide(const mote_cmvn_t *cmvn, mote_cmvn_history_t *history, float *row) {
    const uint32_t n_frames = cmvn->n_frames;
    memcpy(history->rows + history->next * cmvn->n_features, row, cmvn->n_features * sizeof *row);
    history->next = history->next + 1 < n_frames ? history->next + 1 : 0;
    history->count = history->count < n_frames ? history->count + 1 : n_frames;

    const uint32_t first = history->count < n_frames ? 0 : history->next;
    const ring_t ring = {history->rows, cmvn->n_features, first, history->count, n_frames};
    for (uint32_t feature = 0; feature < cmvn->n_features; feature++) {
        const statistics_t statistics = measure(&ring, feature, cmvn->variance);
        row[feature] = (row[feature] - statistics.mean) * statistics.gain;
    }
}

void mote_cmvn_sliding_f32(const mote_cmvn_t *cmvn, mote_cmvn_history_t *history, float *rows,
                           uint32_t n_rows) {
    for (uint32_t row = 0; row < n_rows; row++) {
        slide(cmvn, history, rows + row * cmvn->n_features);
    }
}

void mote_cmvn_training_f32(const mote_cmvn_t *cmvn, float *rows, uint32_t n_rows) {
    for (uint32_t row = 0; row < n_rows; row++) {
        for (uint32_t feature = 0; feature < cmvn->n_features; feature++) {
            const float difference = rows[feature] - cmvn->mean[feature];
            rows[feature] = cmvn->gain == NULL ? difference : difference * cmvn->gain[feature];
        }
        rows += cmvn->n_features;
    }
}
