#include "mote_spectral.h"

#include "mote_biquad.h"
#include "mote_log.h"
#include "mote_moments.h"
#include "mote_spectral_shape.h"

/* Subtracts `offset` from signal[length]. */
static void subtract(float *signal, uint32_t length, float offset) {
    for (float *place = signal; place < signal + length; place++) {
        *place -= offset;
    }
}

/* Filters one axis in place; returns how many samples are left. */
static uint32_t filter(const mote_spectral_t *spectral, float *signal) {
    uint32_t length = spectral->samples.length;
    subtract(signal, length, signal[0]);
    if (spectral->decimation > 1) {
        mote_biquad_f32(spectral->decimation_sections, spectral->n_decimation_sections, signal,
                        length);
        uint32_t kept = 0;
        for (uint32_t n = 0; n < length; n += spectral->decimation) {
            signal[kept++] = signal[n];
        }
        length = kept;
    }
    mote_biquad_f32(spectral->filter_sections, spectral->n_filter_sections, signal, length);
    return length;
}

static float statistic(const mote_moments_t *moments, uint8_t which) {
    switch ((mote_spectral_statistic_t)which) {
    case MOTE_SPECTRAL_SKEWNESS:
        return moments->skewness;
    case MOTE_SPECTRAL_KURTOSIS:
        return moments->kurtosis;
    case MOTE_SPECTRAL_RMS:
    default:
        return moments->std;
    }
}

static float spectral_moment(const mote_spectral_t *spectral,
                             const mote_spectral_moments_t *moments, uint8_t which) {
    switch ((mote_spectral_moment_t)which) {
    case MOTE_SPECTRAL_MOMENT_SPREAD:
        return moments->spread * spectral->bin_width;
    case MOTE_SPECTRAL_MOMENT_SKEWNESS:
        return moments->skewness;
    case MOTE_SPECTRAL_MOMENT_KURTOSIS:
        return moments->kurtosis;
    case MOTE_SPECTRAL_MOMENT_CENTROID:
    default:
        return moments->centroid * spectral->bin_width;
    }
}

/* A power as the features show it. */
static float level(const mote_spectral_t *spectral, float power) {
    if (spectral->log_factor == 0.0f) {
        return power;
    }
    const float floor = spectral->log_floor;
    return spectral->log_factor * mote_log_f32(power > floor ? power : floor);
}

/* Writes the features of a spectrum; returns the place after them. */
static float *describe(const mote_spectral_t *spectral, const float *power, float *features) {
    const mote_spectral_outputs_t *outputs = &spectral->outputs;
    const uint32_t n_bins = spectral->welch.fft.n_fft / 2 + 1;
    if (outputs->n_moments > 0) {
        const mote_spectral_moments_t moments = mote_spectral_moments_f32(power, n_bins);
        for (uint32_t i = 0; i < outputs->n_moments; i++) {
            *features++ = spectral_moment(spectral, &moments, outputs->moments[i]);
        }
    }
    for (uint32_t i = 0; i < outputs->n_bands; i++) {
        const uint16_t *band = outputs->bands + 2 * i;
        const float sum = mote_spectral_sum_f32(power, band[0], band[1]);
        *features++ = level(spectral, sum * spectral->bin_width);
    }
    uint32_t peak = 0;
    for (uint32_t i = 0; i < outputs->n_peaks; i++) {
        if (i == 0 || peak > 0) {
            peak = mote_spectral_next_peak_f32(power, n_bins, spectral->peak_threshold, peak);
        }
        *features++ = (float)peak * spectral->bin_width;
        *features++ = level(spectral, peak > 0 ? power[peak] : 0.0f);
    }
    for (uint32_t k = 0; outputs->spectrum_bins && k < n_bins; k++) {
        *features++ = level(spectral, power[k]);
    }
    return features;
}

void mote_spectral_compute(const void *frame, const void *parameters, void *state, void *scratch,
                           void *features) {
    (void)state;
    const mote_spectral_t *spectral = parameters;
    float *signal = scratch;
    float *buffer = signal + spectral->samples.length;
    float *power = buffer + spectral->welch.fft.n_fft + 1;
    float *place = features;
    for (uint32_t axis = 0; axis < spectral->samples.n_axes; axis++) {
        mote_samples_axis_f32(&spectral->samples, frame, axis, signal);
        const uint32_t length = filter(spectral, signal);
        mote_moments_t moments;
        mote_moments_f32(signal, 1, length, &moments);
        for (uint32_t i = 0; i < spectral->outputs.n_statistics; i++) {
            *place++ = statistic(&moments, spectral->outputs.statistics[i]);
        }
        subtract(signal, length, moments.mean);
        mote_welch_f32(&spectral->welch, signal, buffer, power);
        place = describe(spectral, power, place);
    }
}
