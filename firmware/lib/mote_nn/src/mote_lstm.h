/*
 * What LSTM layers of every type share: parameters, gates, cells. Gates and cells are int16; a
 * gate's input is in Q3.12, its output in Q0.15.
 */
#ifndef MOTE_LSTM_H
#define MOTE_LSTM_H

#include <stdint.h>

#include "mote_dot_rows.h"
#include "mote_requantize.h"
#include "mote_sigmoid_s16.h"

enum { MOTE_GATES = 4, MOTE_FORGET = 0, MOTE_INPUT = 1, MOTE_CELL = 2, MOTE_OUTPUT = 3 };

typedef struct {
    int32_t multiplier;
    int32_t shift;
} mote_lstm_factor_t;

typedef struct {
    int32_t batches;
    int32_t steps;
    int32_t input_size;
    int32_t units;
    int32_t input_batch; /* elements from the input of a batch to that of the next */
    int32_t input_step;  /* and from that of a time step */
    int32_t output_batch;
    int32_t output_step;
    mote_lstm_factor_t from_input[MOTE_GATES]; /* products of input and weights to a gate's input */
    mote_lstm_factor_t from_hidden[MOTE_GATES];
    mote_lstm_factor_t forget; /* forget gate * cell to the cell */
    mote_lstm_factor_t update; /* input gate * cell gate to the cell */
    mote_lstm_factor_t
        hidden; /* output gate * tanh(cell) to the hidden state, which is the output */
    int32_t hidden_zero_point;
    int32_t cell_clip; /* largest magnitude of a cell; 0: none */
    int32_t tanh_multiplier; /* of a cell, as in mote_sigmoid_s16_t */
    int32_t tanh_shift;
} mote_lstm_t;

MOTE_INLINE int16_t mote_saturate_s16(int32_t value) {
    return mote_clamp_s16(value, INT16_MIN, INT16_MAX);
}

MOTE_INLINE int16_t mote_lstm_logistic(int16_t value, const uint16_t table[256]) {
    const mote_sigmoid_s16_t one = {1, 3, 0};
    mote_logistic_s16(&one, &value, table, &value);
    return value;
}

MOTE_INLINE int16_t mote_lstm_tanh(int32_t multiplier, int32_t shift, int16_t value,
                                   const uint16_t table[256]) {
    const mote_sigmoid_s16_t one = {1, multiplier, shift};
    mote_tanh_s16(&one, &value, table, &value);
    return value;
}

MOTE_INLINE int32_t mote_lstm_scale(mote_lstm_factor_t factor, int32_t value) {
    return mote_requantize_s32(value, factor.multiplier, factor.shift);
}

/* The hidden state (not clamped) of a unit whose gates' inputs are `gates`; updates its cell. */
MOTE_INLINE int32_t mote_lstm_unit(const mote_lstm_t *p, const int16_t gates[MOTE_GATES],
                                   const uint16_t table[256], int16_t *cell) {
    const int32_t forget = mote_lstm_logistic(gates[MOTE_FORGET], table);
    const int32_t input = mote_lstm_logistic(gates[MOTE_INPUT], table);
    const int32_t candidate = mote_lstm_tanh(3, 0, gates[MOTE_CELL], table);
    const int32_t output = mote_lstm_logistic(gates[MOTE_OUTPUT], table);
    const int16_t kept = mote_saturate_s16(mote_lstm_scale(p->forget, forget * *cell));
    const int16_t added = mote_saturate_s16(mote_lstm_scale(p->update, input * candidate));
    *cell = mote_saturate_s16(kept + added);
    if (p->cell_clip > 0) {
        *cell = mote_clamp_s16(*cell, -p->cell_clip, p->cell_clip);
    }
    const int32_t shown = mote_lstm_tanh(p->tanh_multiplier, p->tanh_shift, *cell, table);
    return mote_lstm_scale(p->hidden, shown * output) + p->hidden_zero_point;
}

#endif
