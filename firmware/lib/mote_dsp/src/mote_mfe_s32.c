#include "mote_mfe_s32.h"

#include "mote_fixed.h"
#include "mote_log_s32.h"
#include "mote_sqrt_s32.h"

/* Sums over a segment, the bins times 2^-shift. */
typedef struct {
    uint32_t rising;
    uint32_t falling;
    uint32_t shift;
} segment_t;

/* The shift that leaves n bins' power within 31 bits in all. */
static uint32_t segment_shift(const int32_t *bins, const int32_t *end) {
    const uint32_t n_bits = 32 - mote_leading_zeros((uint32_t)(end - bins) / 2);
    uint32_t bits = 0;
    for (; bins < end; bins += 2) {
        bits |= mote_magnitude_bits(bins[0]) | mote_magnitude_bits(bins[1]);
    }
    const uint32_t needed = 32 - mote_leading_zeros(bits) + (n_bits + 1) / 2;
    return needed > 15 ? needed - 15 : 0;
}

static segment_t sum_power(const int32_t *bins, const int32_t *end, const uint16_t *weight) {
    const uint32_t shift = segment_shift(bins, end);
    uint32_t rising = 0;
    uint32_t sum = 0;
    for (; bins < end; bins += 2) {
        const uint32_t re = (uint32_t)(bins[0] >> shift);
        const uint32_t im = (uint32_t)(bins[1] >> shift);
        const uint32_t power = re * re + im * im;
        rising += mote_mul_u16(power, *weight++);
        sum += power;
    }
    return (segment_t){rising, sum - rising, 2 * shift};
}

static segment_t sum_magnitude(const int32_t *bins, const int32_t *end, const uint16_t *weight) {
    segment_t segment = {0, 0, segment_shift(bins, end)};
    for (; bins < end; bins += 2) {
        const int32_t re = bins[0] >> segment.shift;
        const int32_t im = bins[1] >> segment.shift;
        const uint32_t magnitude = mote_sqrt_u32((uint32_t)(re * re + im * im));
        const uint32_t up = magnitude * *weight++;
        segment.rising += up >> 16;
        segment.falling += magnitude - (up >> 16);
    }
    return segment;
}

uint32_t mote_mfe_s32_log2(const mote_mfe_s32_t *mfe, const int16_t *frame, int16_t *state,
                           int32_t *buffer, int32_t *log2_mel) {
    const uint16_t *starts = mfe->mel_starts;
    const uint32_t headroom = mote_spectrum_s32(&mfe->spectrum, frame, 0, state, buffer);
    const int32_t log2_scale = (int32_t)(mfe->is_magnitude ? headroom : 2 * headroom) * (1 << 24);

    uint64_t energy = 0;
    for (uint32_t m = 0; m <= mfe->n_mels; m++) {
        const int32_t *bins = buffer + 2u * starts[m];
        const int32_t *end = buffer + 2u * starts[m + 1];
        const uint16_t *weights = mfe->mel_weights + (starts[m] - starts[0]);
        const segment_t segment =
            mfe->is_magnitude ? sum_magnitude(bins, end, weights) : sum_power(bins, end, weights);
        if (m > 0) {
            energy += (uint64_t)segment.falling << segment.shift;
            log2_mel[m - 1] =
                mote_log2_floored(energy, mfe->log2_gains[m - 1] - log2_scale, mfe->log2_floor);
        }
        energy = (uint64_t)segment.rising << segment.shift;
    }
    return headroom;
}

void mote_mfe_s32_compute(const void *frame, const void *parameters, void *state, void *scratch,
                          void *features) {
    const mote_mfe_s32_t *mfe = parameters;
    int32_t *values = features;
    mote_mfe_s32_log2(mfe, frame, state, scratch, values);
    for (uint32_t m = 0; m < mfe->n_mels; m++) {
        values[m] = mote_mul_hi(values[m], mfe->log_factor);
    }
}
