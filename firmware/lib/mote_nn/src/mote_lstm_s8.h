/*
 * LSTM over a sequence, int8. Called with constant parameters it compiles to a kernel for them.
 */
#ifndef MOTE_LSTM_S8_H
#define MOTE_LSTM_S8_H

#include <stdint.h>
#include <string.h>

#include "mote_lstm.h"

typedef mote_lstm_t mote_lstm_s8_t;

MOTE_INLINE int16_t mote_lstm_gate_s8(const mote_lstm_t *p, int32_t gate, int32_t of_input,
                                      int32_t of_hidden) {
    const int16_t from_input = mote_saturate_s16(mote_lstm_scale(p->from_input[gate], of_input));
    const int16_t from_hidden = mote_saturate_s16(mote_lstm_scale(p->from_hidden[gate], of_hidden));
    return mote_saturate_s16(from_input + from_hidden);
}

/*
 * input          [steps, batches, input_size] or [batches, steps, input_size]
 * input_weights  [units][MOTE_GATES][input_size]
 * hidden_weights [units][MOTE_GATES][units]
 * biases         [units][2][MOTE_GATES]: of input and hidden state; contain their zero points'
 *                effect
 * table          mote_sigmoid_s16.h
 * hidden, cells  [batches, units], the states
 * output         [steps, batches, units] or [batches, steps, units]; must not overlap the input
 */
MOTE_INLINE void mote_lstm_s8(const mote_lstm_s8_t *p, const int8_t *input,
                              const int8_t *input_weights, const int8_t *hidden_weights,
                              const int32_t *biases, const uint16_t table[256], int8_t *hidden,
                              int16_t *cells, int8_t *output) {
    const int32_t units = p->units;
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        const int8_t *previous = hidden + batch * units;
        for (int32_t step = 0; step < p->steps; ++step) {
            const int8_t *const now = input + batch * p->input_batch + step * p->input_step;
            int8_t *const next = output + batch * p->output_batch + step * p->output_step;
            for (int32_t unit = 0; unit < units; ++unit) {
                const int32_t *const bias = biases + unit * 2 * MOTE_GATES;
                const mote_rows_s32_t of_input =
                    mote_dot_rows_s8((mote_rows_s32_t){bias[0], bias[1], bias[2], bias[3]}, now,
                                     input_weights + unit * MOTE_GATES * p->input_size,
                                     p->input_size, p->input_size);
                const mote_rows_s32_t of_hidden = mote_dot_rows_s8(
                    (mote_rows_s32_t){bias[4], bias[5], bias[6], bias[7]}, previous,
                    hidden_weights + unit * MOTE_GATES * units, units, units);
                const int16_t gates[MOTE_GATES] = {
                    mote_lstm_gate_s8(p, 0, of_input.a, of_hidden.a),
                    mote_lstm_gate_s8(p, 1, of_input.b, of_hidden.b),
                    mote_lstm_gate_s8(p, 2, of_input.c, of_hidden.c),
                    mote_lstm_gate_s8(p, 3, of_input.d, of_hidden.d),
                };
                const int32_t value = mote_lstm_unit(p, gates, table, cells + batch * units + unit);
                next[unit] = mote_clamp_s8(value, INT8_MIN, INT8_MAX);
            }
            previous = next;
        }
        memcpy(hidden + batch * units, previous, (size_t)units);
    }
}

#endif
