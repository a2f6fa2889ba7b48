/* Streams samples.bin through `features` on an emulated board, a few samples at a time, and writes
 * features.bin (4 bytes each), by semihosting. */

#include "block.h"

enum { SYS_OPEN = 1, SYS_CLOSE = 2, SYS_WRITE = 5, SYS_READ = 6, SYS_EXIT = 0x18 };
enum { READ_BINARY = 1, WRITE_BINARY = 5 };
#define EXIT_APPLICATION 0x20026u
#define CHUNK_LENGTH 48u

extern uint32_t stack_top;
void reset(void);

__attribute__((section(".vectors"), used)) static const void *const vectors[] = {&stack_top, reset};

static uint32_t semihost(uint32_t operation, const void *arguments) {
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = arguments;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static uint32_t open_file(const char *name, uint32_t mode, uint32_t length) {
    const uint32_t arguments[] = {(uint32_t)name, mode, length};
    return semihost(SYS_OPEN, arguments);
}

/* SYS_READ and SYS_WRITE return the number of bytes that were not moved. */
static uint32_t move(uint32_t operation, uint32_t file, const void *bytes, uint32_t length) {
    const uint32_t arguments[] = {file, (uint32_t)bytes, length};
    return semihost(operation, arguments);
}

static uint64_t frame[BLOCK_FRAME_LENGTH * BLOCK_N_AXES * sizeof(sample_t) / 8u + 1u];
static uint64_t block_state[BLOCK_STATE_SIZE / 8u + 1u];
static uint64_t scratch[BLOCK_SCRATCH_SIZE / 8u + 1u];
static uint64_t row[BLOCK_N_FEATURES / 2u + 1u];

void reset(void) {
    volatile uint32_t *const cpacr = (volatile uint32_t *)0xe000ed88u;
#if __ARM_FP
    *cpacr |= 0xfu << 20;
    __asm__ volatile("dsb\n\tisb");
#else
    (void)cpacr;
#endif

    const uint32_t input = open_file("samples.bin", READ_BINARY, 11);
    const uint32_t output = open_file("features.bin", WRITE_BINARY, 12);
    mote_features_t state;
    mote_features_init(&state, &features, frame, block_state, scratch);
    sample_t chunk[CHUNK_LENGTH * BLOCK_N_AXES];
    uint32_t count;
    do {
        const uint32_t size = BLOCK_N_AXES * sizeof(sample_t);
        count = CHUNK_LENGTH - move(SYS_READ, input, chunk, sizeof chunk) / size;
        for (size_t done = 0; done < count;) {
            size_t taken;
            bool ready;
            mote_features_push(&state, chunk + done * BLOCK_N_AXES, count - done, &taken, row,
                               &ready);
            done += taken;
            if (ready) {
                move(SYS_WRITE, output, row, BLOCK_N_FEATURES * 4u);
            }
        }
    } while (count == CHUNK_LENGTH);
    semihost(SYS_CLOSE, &output);
    semihost(SYS_EXIT, (const void *)EXIT_APPLICATION);
    for (;;) {
    }
}
