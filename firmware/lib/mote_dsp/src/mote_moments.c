#include "mote_moments.h"

#include <stdbool.h>
#include <string.h>

#include "mote_sqrt.h"

#define EXPONENT_MASK 0x7f800000u
#define TWICE_BIAS (254u << 23)
#define LARGEST_EXPONENT (253u << 23)

/* 2^-e for 2^e <= x < 2^(e + 1), at most 2^126: its inverse is a normal number too.
 * x is in 0..2^126. */
static float inverse_power_of_two(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = TWICE_BIAS - (bits & EXPONENT_MASK);
    bits = bits > LARGEST_EXPONENT ? LARGEST_EXPONENT : bits;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* sqrt(a^2 + b^2) without squares that vanish, for b >= 0. */
static float hypotenuse(float a, float b) {
    const float magnitude = a < 0.0f ? -a : a;
    const float scale = inverse_power_of_two(magnitude > b ? magnitude : b);
    a *= scale;
    b *= scale;
    return mote_sqrt_f32(a * a + b * b) / scale;
}

void mote_moments_f32(const float *series, uint32_t stride, uint32_t count,
                      mote_moments_t *moments) {
    const float n = (float)count;
    const float *const end = series + count * stride;
    const float origin = series[0];

    float sum = 0.0f;
    float min = origin;
    float max = origin;
    for (const float *x = series; x != end; x += stride) {
        sum += *x - origin;
        min = *x < min ? *x : min;
        max = *x > max ? *x : max;
    }
    const float mean = sum / n; /* from the origin */
    const float above = (max - origin) - mean;
    const float below = mean - (min - origin);
    const float scale = inverse_power_of_two(above > below ? above : below);

    float sum2 = 0.0f;
    float sum3 = 0.0f;
    float sum4 = 0.0f;
    for (const float *x = series; x != end; x += stride) {
        const float d = ((*x - origin) - mean) * scale;
        const float d2 = d * d;
        sum2 += d2;
        sum3 += d2 * d;
        sum4 += d2 * d2;
    }
    const float variance = sum2 / n;
    const float root = mote_sqrt_f32(variance);
    const bool varies = variance > 0.0f;
    moments->mean = origin + mean;
    moments->min = min;
    moments->max = max;
    moments->std = root / scale;
    moments->rms = hypotenuse(moments->mean, moments->std);
    moments->skewness = varies ? sum3 / n / (variance * root) : 0.0f;
    moments->kurtosis = varies ? sum4 / n / (variance * variance) - 3.0f : 0.0f;
}
