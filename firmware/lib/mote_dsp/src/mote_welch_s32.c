#include "mote_welch_s32.h"

#include <string.h>

#include "mote_fixed.h"

/* Lays the windowed segment, two samples a complex one, where the FFT wants it. */
static void window_segment(const mote_welch_s32_t *welch, const int32_t *segment, int32_t *buffer) {
    const int32_t *window = welch->window;
    const uint16_t *order = welch->fft.order;
    for (uint32_t n = 0; n < welch->fft.n_fft; n += 2) {
        int32_t *place = buffer + 2u * *order++;
        place[0] = mote_mul_hi(segment[n], window[n]);
        place[1] = mote_mul_hi(segment[n + 1], window[n + 1]);
    }
}

/* |X|^2 is below 2^59: X is no larger than n_fft values of 2^26 can make it. */
static uint64_t square_magnitude(const int32_t *bin) {
    return (uint64_t)((int64_t)bin[0] * bin[0] + (int64_t)bin[1] * bin[1]);
}

void mote_welch_s32(const mote_welch_s32_t *welch, const int32_t *signal, int32_t *scratch,
                    uint64_t *power) {
    const uint32_t last = welch->fft.n_fft / 2;
    memset(power, 0, (last + 1) * sizeof *power);
    for (uint32_t segment = 0; segment < welch->n_segments; segment++) {
        window_segment(welch, signal, scratch);
        mote_rfft_s32(&welch->fft, scratch, last + 1);
        for (uint32_t k = 0; k <= last; k++) {
            const uint64_t bin = square_magnitude(scratch + 2 * k) >> welch->segment_shift;
            power[k] = welch->hold_max ? (bin > power[k] ? bin : power[k]) : power[k] + bin;
        }
        signal += welch->hop_length;
    }
    power[0] /= 2;
    power[last] /= 2;
}
