#include "mote_spectral_s32.h"

#include "mote_biquad_s32.h"
#include "mote_fixed.h"
#include "mote_log_s32.h"
#include "mote_moments_s32.h"
#include "mote_spectral_shape_s32.h"

#define FEATURE_MAX 0xffffff
#define FILTER_BITS 29 /* of the largest value that the filters take and give */
#define WELCH_BITS 27  /* of the largest value that the spectrum is computed from */
#define LOG_ONE (1 << 24)
#define LOG_MULTIPLIER_BITS 28

/* One axis on its way through the block. */
typedef struct {
    int32_t *values;
    uint32_t length;
    int32_t shift; /* the values are those of the samples times 2^shift */
} signal_t;

static int32_t saturate(int64_t feature) {
    return feature > FEATURE_MAX    ? FEATURE_MAX
           : feature < -FEATURE_MAX ? -FEATURE_MAX
                                    : (int32_t)feature;
}

/* Shifts the signal so that its largest value takes `bits` bits and a sign. */
static void normalize(signal_t *signal, int32_t bits) {
    uint32_t magnitudes = 0;
    for (uint32_t i = 0; i < signal->length; i++) {
        magnitudes |= mote_magnitude_bits(signal->values[i]);
    }
    const int32_t shift = bits - 32 + (int32_t)mote_leading_zeros(magnitudes);
    for (uint32_t i = 0; i < signal->length; i++) {
        const int32_t value = signal->values[i];
        signal->values[i] = shift >= 0 ? value * (1 << shift) : value >> -shift;
    }
    signal->shift += shift;
}

static void subtract_mean(signal_t *signal) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < signal->length; i++) {
        sum += signal->values[i];
    }
    const int32_t mean = (int32_t)(sum / (int64_t)signal->length);
    for (uint32_t i = 0; i < signal->length; i++) {
        signal->values[i] -= mean;
    }
}

/* Reads the samples of an axis, minus the first of them, and filters them. */
static void filter(const mote_spectral_s32_t *spectral, const int16_t *samples, signal_t *signal) {
    signal->length = spectral->length;
    signal->shift = 0;
    for (uint32_t i = 0; i < spectral->length; i++) {
        signal->values[i] = samples[i * spectral->n_axes] - samples[0];
    }
    normalize(signal, FILTER_BITS - (int32_t)spectral->filter_bits);
    if (spectral->decimation > 1) {
        mote_biquad_s32(spectral->decimation_sections, spectral->n_decimation_sections,
                        signal->values, signal->length);
        uint32_t kept = 0;
        for (uint32_t n = 0; n < spectral->length; n += spectral->decimation) {
            signal->values[kept++] = signal->values[n];
        }
        signal->length = kept;
    }
    mote_biquad_s32(spectral->filter_sections, spectral->n_filter_sections, signal->values,
                    signal->length);
    subtract_mean(signal);
    normalize(signal, WELCH_BITS);
}

static int32_t statistic(const mote_spectral_s32_t *spectral, const mote_moments_s32_t *moments,
                         const int32_t *axis_scale, int32_t shift, uint8_t which) {
    const bool is_mirrored = axis_scale[0] < 0;
    switch ((mote_spectral_statistic_t)which) {
    case MOTE_SPECTRAL_SKEWNESS:
        return saturate(is_mirrored ? -moments->skewness : moments->skewness);
    case MOTE_SPECTRAL_KURTOSIS:
        return saturate(moments->kurtosis);
    case MOTE_SPECTRAL_RMS:
    default: {
        const uint32_t magnitude = (uint32_t)(is_mirrored ? -axis_scale[0] : axis_scale[0]);
        const mote_scaled_t scale = mote_scaled(magnitude, axis_scale[1] - shift);
        const mote_scaled_t rms = mote_scaled_multiply(moments->std, scale);
        return saturate(mote_scaled_to_fixed(rms, spectral->fraction_bits));
    }
    }
}

static int32_t frequency(const mote_spectral_s32_t *spectral, mote_scaled_t bins) {
    return saturate(mote_scaled_to_fixed(mote_scaled_multiply(bins, spectral->bin_width),
                                         spectral->fraction_bits));
}

static int32_t spectral_moment(const mote_spectral_s32_t *spectral,
                               const mote_spectral_moments_s32_t *moments, uint8_t which) {
    switch ((mote_spectral_moment_t)which) {
    case MOTE_SPECTRAL_MOMENT_SPREAD:
        return frequency(spectral, moments->spread);
    case MOTE_SPECTRAL_MOMENT_SKEWNESS:
        return saturate(moments->skewness);
    case MOTE_SPECTRAL_MOMENT_KURTOSIS:
        return saturate(moments->kurtosis);
    case MOTE_SPECTRAL_MOMENT_CENTROID:
    default:
        return frequency(spectral, moments->centroid);
    }
}

/* log2(power) * 2^24, at least the floor; `unit` is that of one unit of power. */
static int32_t floored_log2(const mote_spectral_s32_t *spectral, uint64_t power, int64_t unit) {
    const int64_t log2 = mote_log2_u64(power) + unit;
    return power == 0 || log2 < spectral->floor_log2 ? spectral->floor_log2 : (int32_t)log2;
}

/* A power as the features show it. */
static int32_t level(const mote_spectral_s32_t *spectral, uint64_t power, int64_t unit) {
    const uint32_t shift = 24 + LOG_MULTIPLIER_BITS - spectral->fraction_bits;
    const int64_t product = (int64_t)floored_log2(spectral, power, unit) * spectral->log_multiplier;
    return saturate((product + (1ll << (shift - 1))) >> shift);
}

/* Writes the features of a spectrum; returns the place after them. */
static int32_t *describe(const mote_spectral_s32_t *spectral, const uint64_t *power, int64_t unit,
                         int32_t *features) {
    const mote_spectral_outputs_t *outputs = &spectral->outputs;
    const uint32_t n_bins = spectral->welch.fft.n_fft / 2 + 1;
    if (outputs->n_moments > 0) {
        const mote_spectral_moments_s32_t moments =
            mote_spectral_moments_s32(power, n_bins, spectral->fraction_bits);
        for (uint32_t i = 0; i < outputs->n_moments; i++) {
            *features++ = spectral_moment(spectral, &moments, outputs->moments[i]);
        }
    }
    for (uint32_t i = 0; i < outputs->n_bands; i++) {
        const uint16_t *band = outputs->bands + 2 * i;
        const uint64_t sum = mote_spectral_sum_s32(power, band[0], band[1]);
        *features++ = level(spectral, sum, unit + spectral->bin_width_log2);
    }
    uint32_t peak = 0;
    for (uint32_t i = 0; i < outputs->n_peaks; i++) {
        if (i == 0 || peak > 0) {
            peak = mote_spectral_next_peak_s32(power, n_bins, peak);
            const bool counts =
                peak > 0 && mote_log2_u64(power[peak]) + unit >= spectral->peak_threshold_log2;
            peak = counts ? peak : 0;
        }
        *features++ = frequency(spectral, mote_scaled(peak, 0));
        *features++ = level(spectral, peak > 0 ? power[peak] : 0, unit);
    }
    for (uint32_t k = 0; outputs->spectrum_bins && k < n_bins; k++) {
        *features++ = level(spectral, power[k], unit);
    }
    return features;
}

void mote_spectral_s32_compute(const void *frame, const void *parameters, void *state,
                               void *scratch, void *features) {
    (void)state;
    const mote_spectral_s32_t *spectral = parameters;
    uint64_t *power = scratch;
    int32_t *buffer = (int32_t *)(power + spectral->welch.fft.n_fft / 2 + 1);
    signal_t signal = {.values = buffer + spectral->welch.fft.n_fft + 2};
    int32_t *place = features;
    for (uint32_t axis = 0; axis < spectral->n_axes; axis++) {
        filter(spectral, (const int16_t *)frame + axis, &signal);
        const mote_moments_s32_t moments =
            mote_moments_s32(signal.values, signal.length, spectral->fraction_bits);
        for (uint32_t i = 0; i < spectral->outputs.n_statistics; i++) {
            *place++ = statistic(spectral, &moments, spectral->axis_scale + 2 * axis, signal.shift,
                                 spectral->outputs.statistics[i]);
        }
        mote_welch_s32(&spectral->welch, signal.values, buffer, power);
        const int64_t unit = spectral->power_log2[axis] - 2 * (int64_t)signal.shift * LOG_ONE;
        place = describe(spectral, power, unit, place);
    }
}
