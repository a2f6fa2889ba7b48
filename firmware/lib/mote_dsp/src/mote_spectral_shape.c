#include "mote_spectral_shape.h"

#include <stdbool.h>

#include "mote_sqrt.h"

#define SMALLEST_TOTAL 0x1p-126f
#define SMALLEST_VARIANCE 0x1p-20f

mote_spectral_moments_t mote_spectral_moments_f32(const float *power, uint32_t n_bins) {
    float total = 0.0f;
    float weighted = 0.0f;
    for (uint32_t k = 0; k < n_bins; k++) {
        total += power[k];
        weighted += (float)k * power[k];
    }
    if (total < SMALLEST_TOTAL) {
        return (mote_spectral_moments_t){0};
    }
    const float centroid = weighted / total;
    const float inverse = 1.0f / total;
    float m2 = 0.0f;
    float m3 = 0.0f;
    float m4 = 0.0f;
    for (uint32_t k = 0; k < n_bins; k++) {
        const float offset = (float)k - centroid;
        const float second = offset * offset * (power[k] * inverse);
        m2 += second;
        m3 += second * offset;
        m4 += second * offset * offset;
    }
    if (m2 < SMALLEST_VARIANCE) {
        return (mote_spectral_moments_t){.centroid = centroid, .spread = mote_sqrt_f32(m2)};
    }
    const float spread = mote_sqrt_f32(m2);
    return (mote_spectral_moments_t){
        .centroid = centroid,
        .spread = spread,
        .skewness = m3 / (m2 * spread),
        .kurtosis = m4 / (m2 * m2) - 3.0f,
    };
}

float mote_spectral_sum_f32(const float *power, uint32_t first, uint32_t end) {
    float sum = 0.0f;
    for (uint32_t k = first; k < end; k++) {
        sum += power[k];
    }
    return sum;
}

uint32_t mote_spectral_next_peak_f32(const float *power, uint32_t n_bins, float threshold,
                                     uint32_t previous) {
    uint32_t best = 0;
    for (uint32_t k = 1; k + 1 < n_bins; k++) {
        const float height = power[k];
        const bool is_peak = height > power[k - 1] && height > power[k + 1] && height >= threshold;
        const bool is_later = previous == 0 || height < power[previous] ||
                              (height == power[previous] && k > previous);
        if (is_peak && is_later && (best == 0 || height > power[best])) {
            best = k;
        }
    }
    return best;
}
