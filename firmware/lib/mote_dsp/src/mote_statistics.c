#include "mote_statistics.h"

#include <float.h>
#include <stdbool.h>

#include "mote_log.h"
#include "mote_moments.h"

/* Shell's sort: short, in place, and quick for the few hundred values of a frame. */
static void sort(float *series, uint32_t count) {
    uint32_t gap = 1;
    while (gap < count / 3) {
        gap = 3 * gap + 1;
    }
    for (; gap > 0; gap /= 3) {
        for (uint32_t i = gap; i < count; i++) {
            const float value = series[i];
            uint32_t place = i;
            for (; place >= gap && series[place - gap] > value; place -= gap) {
                series[place] = series[place - gap];
            }
            series[place] = value;
        }
    }
}

static float percentile(const float *sorted, uint32_t count, mote_statistic_t code) {
    static const uint8_t TWENTIETHS[] = {1, 5, 10, 15, 19};
    const uint32_t place = TWENTIETHS[code - MOTE_PERCENTILE_5] * (count - 1);
    const float lower = sorted[place / 20];
    const uint32_t between = place % 20;
    if (between == 0) {
        return lower;
    }
    return lower + (sorted[place / 20 + 1] - lower) * ((float)between / 20.0f);
}

static float crossings(const float *series, uint32_t count, float level) {
    uint32_t crossed = 0;
    for (uint32_t i = 1; i < count; i++) {
        crossed += (series[i - 1] > level) != (series[i] > level);
    }
    return (float)crossed;
}

static float entropy(const float *series, uint32_t count, float energy) {
    if (energy < FLT_MIN) {
        return 0.0f;
    }
    const float inverse = 1.0f / energy;
    float sum = 0.0f;
    for (uint32_t i = 0; i < count; i++) {
        const float share = series[i] * series[i] * inverse;
        if (share >= FLT_MIN) {
            sum -= share * mote_log_f32(share);
        }
    }
    return sum;
}

/* A statistic of the series in its own order. */
static float ordered(mote_statistic_t code, const float *series, uint32_t count,
                     const mote_moments_t *moments) {
    const float energy = moments->rms * moments->rms * (float)count;
    switch (code) {
    case MOTE_MEAN:
        return moments->mean;
    case MOTE_MIN:
        return moments->min;
    case MOTE_MAX:
        return moments->max;
    case MOTE_RMS:
        return moments->rms;
    case MOTE_STD:
        return moments->std;
    case MOTE_SKEWNESS:
        return moments->skewness;
    case MOTE_KURTOSIS:
        return moments->kurtosis;
    case MOTE_ENERGY:
        return energy;
    case MOTE_ENTROPY:
        return entropy(series, count, energy);
    case MOTE_MEAN_CROSSINGS:
        return crossings(series, count, moments->mean);
    default:
        return crossings(series, count, 0.0f);
    }
}

void mote_statistics_f32(const mote_statistics_t *statistics, float *series, uint32_t count,
                         float *features) {
    mote_moments_t moments;
    mote_moments_f32(series, 1, count, &moments);
    bool sorted = false;
    for (uint32_t k = 0; k < statistics->n_codes; k++) {
        const mote_statistic_t code = (mote_statistic_t)statistics->codes[k];
        if (code < MOTE_PERCENTILE_5) {
            features[k] = ordered(code, series, count, &moments);
        } else {
            sorted = true;
        }
    }
    if (!sorted) {
        return;
    }
    sort(series, count);
    for (uint32_t k = 0; k < statistics->n_codes; k++) {
        const mote_statistic_t code = (mote_statistic_t)statistics->codes[k];
        if (code >= MOTE_PERCENTILE_5) {
            features[k] = percentile(series, count, code);
        }
    }
}
