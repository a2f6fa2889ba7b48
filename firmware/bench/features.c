/* An image with nothing but a feature block: reads the samples of a window, each window a stream of
 * its own, pushes them chunk by chunk, writes every frame's features as they come and behind them
 * two uint32: the number of frames and a mote_features_status_t. What follows a refused sample is
 * not pushed. When the requests end it writes the most stack that a push took, below this
 * function's own, in bytes, uint32 (0 where it is not measured: host).
 *
 * The build defines, in bytes: BENCH_SAMPLE_SIZE (of all axes), BENCH_WINDOW_SIZE, BENCH_FRAME_SIZE,
 * BENCH_STATE_SIZE, BENCH_SCRATCH_SIZE, BENCH_ROW_SIZE (features of a frame).
 */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("Os")
#endif

#include "mote_features.h"
#include "mote_port.h"
#include "stack.h"

#define CHUNK_SIZE (1024u / BENCH_SAMPLE_SIZE * BENCH_SAMPLE_SIZE)
#define WORDS(size) ((size) / sizeof(uint64_t) + 1u)

extern const mote_features_config_t bench_features;

__attribute__((noinline, used)) void mote_mark_features_begin(void);
__attribute__((noinline, used)) void mote_mark_features_end(void);

void mote_mark_features_begin(void) {
    __asm volatile("");
}

void mote_mark_features_end(void) {
    __asm volatile("");
}

static mote_features_t stream;
static uint64_t chunk[WORDS(CHUNK_SIZE)];
static uint64_t frame[WORDS(BENCH_FRAME_SIZE)];
static uint64_t state[WORDS(BENCH_STATE_SIZE)];
static uint64_t scratch[WORDS(BENCH_SCRATCH_SIZE)];
static uint64_t row[WORDS(BENCH_ROW_SIZE)];

static struct {
    uint32_t n_frames;
    uint32_t status;
} answer;
static uint32_t stack;

static void push(const char *samples, size_t count) {
    while (count > 0u && answer.status == MOTE_FEATURES_OK) {
        size_t taken;
        bool ready;
        bench_paint_stack();
        mote_mark_features_begin();
        answer.status = mote_features_push(&stream, samples, count, &taken, row, &ready);
        mote_mark_features_end();
        const uint32_t used = bench_stack_used();
        stack = used > stack ? used : stack;
        samples += taken * BENCH_SAMPLE_SIZE;
        count -= taken;
        if (ready) {
            mote_port_write(row, BENCH_ROW_SIZE);
            answer.n_frames++;
        }
    }
}

/* Whether there was a window to stream. */
static bool stream_window(void) {
    size_t left = BENCH_WINDOW_SIZE;
    while (left > 0u) {
        const size_t size = left < CHUNK_SIZE ? left : CHUNK_SIZE;
        if (mote_port_read(chunk, size, MOTE_PORT_FOREVER) != size) {
            return false;
        }
        push((const char *)chunk, size / BENCH_SAMPLE_SIZE);
        left -= size;
    }
    return true;
}

int main(void) {
    mote_port_init();
    mote_features_init(&stream, &bench_features, frame, state, scratch);
    while (stream_window()) {
        mote_port_write(&answer, sizeof answer);
        answer.n_frames = 0;
        answer.status = MOTE_FEATURES_OK;
        mote_features_reset(&stream);
    }
    mote_port_write(&stack, sizeof stack);
    mote_port_exit(0);
}
