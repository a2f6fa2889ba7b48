#include "mote_microfrontend_channels.h"

#include <stdbool.h>

#include "mote_microfrontend_wide.h"

#define Q14_BITS 14
#define SNR_BITS 12
#define GAIN_OUTPUT_BITS 6
#define LN2_Q16 45426u

/* The integer part of the square root of `value`, 2^30 or more: two of Heron's steps from a line
 * that is at most 3.2 % off. They err upwards, by less than 1 / 100. */
static inline uint32_t root_of_word(uint32_t value) {
    uint32_t root = (((value >> 16) * 11) >> 4) + 22528;
    root = (root + value / root) >> 1;
    root = (root + value / root) >> 1;
    return root > 0xffff || root * root > value ? root - 1 : root;
}

/* The integer part of the square root: 16 bits of it from the upper half of the energy, 16 more by
 * a division (P. Zimmermann, "Karatsuba Square Root", INRIA RR-3805). Then the whole is rounded. */
uint32_t mote_microfrontend_sqrt(uint64_t energy) {
    if (energy == 0) {
        return 0;
    }
    const uint32_t high = (uint32_t)(energy >> 32);
    const uint32_t low = (uint32_t)energy;
    const uint32_t zeros = (uint32_t)(high != 0 ? __builtin_clz(high) : 32 + __builtin_clz(low));
    const uint32_t shift = zeros & ~1u;
    const uint64_t scaled = energy << shift;
    const uint32_t upper = root_of_word((uint32_t)(scaled >> 32));
    const uint32_t left = (uint32_t)(scaled >> 32) - upper * upper;
    uint32_t lower = ((left << 15) + ((uint32_t)scaled >> 17)) / upper;
    if (lower > 0xffff) {
        lower = 0xffff;
    }
    uint32_t root = ((upper << 16) + lower) >> (shift / 2);
    uint64_t square = (uint64_t)root * root;
    if (square > energy) {
        root--;
        square -= 2 * (uint64_t)root + 1;
    }
    const bool rounds_up = energy - square > root;
    return rounds_up && !(high == 0 && root == 0xffff) ? root + 1 : root;
}

uint32_t mote_microfrontend_reduce_noise(const mote_microfrontend_noise_t *noise,
                                         uint32_t smoothing, uint32_t magnitude,
                                         uint32_t *estimate) {
    const uint32_t scaled = magnitude << noise->smoothing_bits;
    const uint32_t kept = (1u << Q14_BITS) - smoothing;
    uint32_t subtrahend =
        (uint32_t)((multiply_32x16(scaled, smoothing) + multiply_32x16(*estimate, kept)) >>
                   Q14_BITS);
    *estimate = subtrahend;
    if (subtrahend > scaled) {
        subtrahend = scaled;
    }
    const uint32_t least =
        (uint32_t)(multiply_32x16(magnitude, noise->min_signal_remaining) >> Q14_BITS);
    const uint32_t difference = (scaled - subtrahend) >> noise->smoothing_bits;
    return difference > least ? difference : least;
}

/* (estimate + offset)^-strength from a table: its values at 0 and 1, then for each power of two,
 * from 2 to 2^31, a parabola over the estimates up to the next (value, slope, curvature). */
static uint32_t gain_of(uint32_t estimate, const int16_t *gains) {
    if (estimate < 2) {
        return (uint32_t)gains[estimate];
    }
    const uint32_t zeros = (uint32_t)__builtin_clz(estimate);
    const int32_t position = (int32_t)(((estimate << zeros) >> 21) & 0x3ffu);
    const int16_t *parabola = gains + 3 * (30 - zeros) + 2;
    const int32_t slope = ((parabola[2] * position) >> 5) + parabola[1] * 32;
    return (uint32_t)(((slope * position + (1 << 14)) >> 15) + parabola[0]);
}

uint32_t mote_microfrontend_control_gain(const mote_microfrontend_gain_t *gain, uint32_t estimate,
                                         uint32_t magnitude) {
    const uint32_t snr =
        (uint32_t)(multiply_32x16(magnitude, gain_of(estimate, gain->gains)) >> gain->snr_shift);
    if (snr < (2u << SNR_BITS)) {
        return (snr * snr) >> (2 + 2 * SNR_BITS - GAIN_OUTPUT_BITS);
    }
    return (snr >> (SNR_BITS - GAIN_OUTPUT_BITS)) - (1u << GAIN_OUTPUT_BITS);
}

uint32_t mote_microfrontend_log(const mote_microfrontend_log_t *log, uint32_t magnitude) {
    const uint32_t value = magnitude << log->input_shift;
    if (value < 2) {
        return 0;
    }
    const uint32_t exponent = 31 - (uint32_t)__builtin_clz(value);
    const uint32_t mantissa = (value << (32 - exponent)) >> 16; /* its fraction, Q16 */
    const uint16_t *segment = log->corrections + (mantissa >> 9);
    const int32_t slope = segment[1] - segment[0];
    const int32_t correction = segment[0] + ((slope * (int32_t)(mantissa & 0x1ffu)) >> 16);
    const uint32_t fraction = mantissa + (uint32_t)correction;
    const uint32_t ln = LN2_Q16 * exponent + ((LN2_Q16 * fraction + (1u << 15)) >> 16);
    return ((ln << log->output_shift) + (1u << 15)) >> 16;
}
