#include "mote_spectral_shape_s32.h"

#include <stdbool.h>

#define TOTAL_BITS 52  /* times a bin number up to 2^11 it fits into 63 */
#define OFFSET_BITS 19 /* after the point of a bin number */

/* The bits to drop from each power so that their sum has TOTAL_BITS at most. */
static uint32_t excess_bits(uint64_t total) {
    uint32_t excess = 0;
    while (total >> excess >> TOTAL_BITS != 0) {
        excess++;
    }
    return excess;
}

/* The sums of power * |offset from the centroid|^j; those of odd j on either side by themselves. */
typedef struct {
    mote_scaled_t second;
    mote_scaled_t third_below;
    mote_scaled_t third_above;
    mote_scaled_t fourth;
} sums_t;

static void add_power(sums_t *sums, uint64_t power, int32_t offset) {
    const mote_scaled_t distance =
        mote_scaled((uint32_t)(offset < 0 ? -offset : offset), -OFFSET_BITS);
    const mote_scaled_t second =
        mote_scaled_multiply(mote_scaled(power, 0), mote_scaled_multiply(distance, distance));
    const mote_scaled_t third = mote_scaled_multiply(second, distance);
    mote_scaled_t *side = offset < 0 ? &sums->third_below : &sums->third_above;
    *side = mote_scaled_add(*side, third);
    sums->second = mote_scaled_add(sums->second, second);
    sums->fourth = mote_scaled_add(sums->fourth, mote_scaled_multiply(third, distance));
}

/* Whether the variance in square bins is below 2^-20. */
static bool is_narrow(mote_scaled_t variance) {
    return variance.mantissa == 0 || variance.exponent + 31 < -20;
}

mote_spectral_moments_s32_t mote_spectral_moments_s32(const uint64_t *power, uint32_t n_bins,
                                                      uint32_t fraction_bits) {
    mote_spectral_moments_s32_t moments = {0};
    const uint32_t excess = excess_bits(mote_spectral_sum_s32(power, 0, n_bins));
    uint64_t total = 0;
    uint64_t weighted = 0;
    for (uint32_t k = 0; k < n_bins; k++) {
        total += power[k] >> excess;
        weighted += (power[k] >> excess) * k;
    }
    if (total == 0) {
        return moments;
    }
    const mote_scaled_t mass = mote_scaled(total, 0);
    moments.centroid = mote_scaled_divide(mote_scaled(weighted, 0), mass);

    const int32_t centroid = mote_scaled_to_fixed(moments.centroid, OFFSET_BITS);
    sums_t sums = {0};
    for (uint32_t k = 0; k < n_bins; k++) {
        add_power(&sums, power[k] >> excess, (int32_t)(k << OFFSET_BITS) - centroid);
    }
    const mote_scaled_t variance = mote_scaled_divide(sums.second, mass);
    moments.spread = mote_scaled_sqrt(variance);
    if (is_narrow(variance)) {
        return moments;
    }
    const mote_scaled_t cube =
        mote_scaled_multiply(mass, mote_scaled_multiply(variance, moments.spread));
    const mote_scaled_t fourth =
        mote_scaled_multiply(mass, mote_scaled_multiply(variance, variance));
    moments.skewness =
        mote_scaled_to_fixed(mote_scaled_divide(sums.third_above, cube), fraction_bits) -
        mote_scaled_to_fixed(mote_scaled_divide(sums.third_below, cube), fraction_bits);
    moments.kurtosis =
        mote_scaled_to_fixed(mote_scaled_divide(sums.fourth, fourth), fraction_bits) -
        (int32_t)(3u << fraction_bits);
    return moments;
}

uint64_t mote_spectral_sum_s32(const uint64_t *power, uint32_t first, uint32_t end) {
    uint64_t sum = 0;
    for (uint32_t k = first; k < end; k++) {
        sum += power[k];
    }
    return sum;
}

uint32_t mote_spectral_next_peak_s32(const uint64_t *power, uint32_t n_bins, uint32_t previous) {
    uint32_t best = 0;
    for (uint32_t k = 1; k + 1 < n_bins; k++) {
        const uint64_t height = power[k];
        const bool is_peak = height > power[k - 1] && height > power[k + 1];
        const bool is_later = previous == 0 || height < power[previous] ||
                              (height == power[previous] && k > previous);
        if (is_peak && is_later && (best == 0 || height > power[best])) {
            best = k;
        }
    }
    return best;
}
