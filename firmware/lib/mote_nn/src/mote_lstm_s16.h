/*
 * LSTM over a sequence, int16 with int8 weights. Called with constant parameters it compiles to a
 * kernel for them.
 */
#ifndef MOTE_LSTM_S16_H
#define MOTE_LSTM_S16_H

#include <stdint.h>
#include <string.h>

#include "mote_lstm.h"

typedef mote_lstm_t mote_lstm_s16_t;

/* The addends are those of mote_requantize_s64, the factors its multipliers and shifts. */
MOTE_INLINE int16_t mote_lstm_gate_s16(const mote_lstm_t *p, int32_t gate, int64_t of_input,
                                       int64_t of_hidden, const int32_t *addend) {
    const mote_lstm_factor_t input = p->from_input[gate];
    const mote_lstm_factor_t hidden = p->from_hidden[gate];
    const int64_t half = (int64_t)1 << (hidden.shift - 1);
    const int16_t from_input = mote_saturate_s16(
        mote_requantize_s64(of_input, input.multiplier, mote_load_s64(addend), input.shift));
    const int16_t from_hidden =
        mote_saturate_s16(mote_requantize_s64(of_hidden, hidden.multiplier, half, hidden.shift));
    return mote_saturate_s16(from_input + from_hidden);
}

/*
 * input          [steps, batches, input_size] or [batches, steps, input_size]
 * input_weights  [units][MOTE_GATES][input_size]
 * hidden_weights [units][MOTE_GATES][units]
 * addends        [units][MOTE_GATES][2]: for the input's products, the low word first
 * table          mote_sigmoid_s16.h
 * hidden, cells  [batches, units], the states
 * output         [steps, batches, units] or [batches, steps, units]; must not overlap the input
 */
MOTE_INLINE void mote_lstm_s16(const mote_lstm_s16_t *p, const int16_t *input,
                               const int8_t *input_weights, const int8_t *hidden_weights,
                               const int32_t *addends, const uint16_t table[256], int16_t *hidden,
                               int16_t *cells, int16_t *output) {
    const int32_t units = p->units;
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        const int16_t *previous = hidden + batch * units;
        for (int32_t step = 0; step < p->steps; ++step) {
            const int16_t *const now = input + batch * p->input_batch + step * p->input_step;
            int16_t *const next = output + batch * p->output_batch + step * p->output_step;
            for (int32_t unit = 0; unit < units; ++unit) {
                const int32_t *const addend = addends + unit * 2 * MOTE_GATES;
                const mote_rows_s64_t of_input =
                    mote_dot_rows_wide_s16((mote_rows_s64_t){0, 0, 0, 0}, now,
                                           input_weights + unit * MOTE_GATES * p->input_size,
                                           p->input_size, p->input_size);
                const mote_rows_s64_t of_hidden = mote_dot_rows_wide_s16(
                    (mote_rows_s64_t){0, 0, 0, 0}, previous,
                    hidden_weights + unit * MOTE_GATES * units, units, units);
                const int16_t gates[MOTE_GATES] = {
                    mote_lstm_gate_s16(p, 0, of_input.a, of_hidden.a, addend),
                    mote_lstm_gate_s16(p, 1, of_input.b, of_hidden.b, addend + 2),
                    mote_lstm_gate_s16(p, 2, of_input.c, of_hidden.c, addend + 4),
                    mote_lstm_gate_s16(p, 3, of_input.d, of_hidden.d, addend + 6),
                };
                const int32_t value = mote_lstm_unit(p, gates, table, cells + batch * units + unit);
                next[unit] = mote_saturate_s16(value);
            }
            previous = next;
        }
        memcpy(hidden + batch * units, previous, (size_t)units * sizeof *hidden);
    }
}

#endif
