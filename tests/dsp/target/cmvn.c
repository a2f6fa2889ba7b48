/* Answers each window of rows with the same normalized as a window, then as a stream of its own. */

#include "mote_cmvn.h"
#include "mote_port.h"

#define N_ROWS 30u
#define N_FEATURES 13u
#define N_FRAMES 7u

static float rows[N_ROWS * N_FEATURES];
static float stream[N_ROWS * N_FEATURES];
static float ring[N_FRAMES * N_FEATURES];

int main(void) {
    const mote_cmvn_t cmvn = {.n_features = N_FEATURES, .variance = true, .n_frames = N_FRAMES};
    mote_port_init();
    while (mote_port_read(rows, sizeof rows, MOTE_PORT_FOREVER) == sizeof rows) {
        mote_cmvn_history_t history = {.rows = ring, .next = 0, .count = 0};
        for (uint32_t i = 0; i < N_ROWS * N_FEATURES; i++) {
            stream[i] = rows[i];
        }
        mote_cmvn_window_f32(&cmvn, rows, N_ROWS);
        mote_cmvn_sliding_f32(&cmvn, &history, stream, N_ROWS);
        mote_port_write(rows, sizeof rows);
        mote_port_write(stream, sizeof stream);
    }
    mote_port_exit(0);
}
