/*
 * Average and maximum pooling, int8, NHWC, for Helium. Padding is left out of both. Called with
 * constant parameters they compile to kernels for them.
 */
#ifndef MOTE_POOL_2D_HELIUM_S8_H
#define MOTE_POOL_2D_HELIUM_S8_H

#include <arm_mve.h>

#include "mote_window.h"

typedef struct {
    int32_t batches;
    mote_window_t window; /* dilations are 1; at least one tap of each output is inside */
    int32_t channels;
    int32_t activation_min; /* -128 <= activation_min <= activation_max <= 127 */
    int32_t activation_max;
} mote_pool_2d_helium_s8_t;

/* The part of an image that an output position reads; rows are `row_step` bytes apart. */
typedef struct {
    const int8_t *first;
    int32_t rows;
    int32_t columns;
    int32_t row_step;
} mote_area_s8_t;

/* sum / count, rounded to the nearest, halves away from zero; count >= 1. */
MOTE_INLINE int32_t mote_rounded_quotient_s32(int32_t sum, int32_t count) {
    const int32_t half = count / 2;
    return (sum > 0 ? sum + half : sum - half) / count;
}

/*
 * The same for four sums of `count` int8. Up to MOTE_POOL_MAX_COUNT the quotient is the high word
 * of the product of dividend and 2^32 / count rounded up: too much by less than dividend / 2^32,
 * which is below 1 / count, as dividends are at most 128.5 * count and 128.5 * 4096^2 < 2^32.
 */
enum { MOTE_POOL_MAX_COUNT = 4096 };

MOTE_INLINE int32x4_t mote_rounded_quotients_s32x4(int32x4_t sums, int32_t count, bool few) {
    if (!few) {
        return (int32x4_t){mote_rounded_quotient_s32(vgetq_lane_s32(sums, 0), count),
                           mote_rounded_quotient_s32(vgetq_lane_s32(sums, 1), count),
                           mote_rounded_quotient_s32(vgetq_lane_s32(sums, 2), count),
                           mote_rounded_quotient_s32(vgetq_lane_s32(sums, 3), count)};
    }
    if (count == 1) {
        return sums;
    }
    const uint32x4_t dividends = vreinterpretq_u32_s32(vaddq_n_s32(vabsq_s32(sums), count / 2));
    const uint32x4_t reciprocal = vdupq_n_u32(UINT32_MAX / (uint32_t)count + 1u);
    const int32x4_t quotients = vreinterpretq_s32_u32(vmulhq_u32(dividends, reciprocal));
    return vnegq_m_s32(quotients, quotients, vcmpltq_n_s32(sums, 0));
}

/* Averages of the channels of an area, four at a time. */
MOTE_INLINE void mote_average_area_s8(const mote_pool_2d_helium_s8_t *p, mote_area_s8_t area,
                                      int8_t *output) {
    const int32_t count = area.rows * area.columns;
    for (int32_t channel = 0; channel < p->channels; channel += 4) {
        const mve_pred16_t inside = vctp32q((uint32_t)(p->channels - channel));
        int32x4_t sums = vdupq_n_s32(0);
        for (int32_t row = 0; row < area.rows; ++row) {
            const int8_t *from = area.first + row * area.row_step + channel;
            for (int32_t column = 0; column < area.columns; ++column) {
                sums = vaddq_s32(sums, p->channels % 4 == 0 ? vldrbq_s32(from)
                                                            : vldrbq_z_s32(from, inside));
                from += p->channels;
            }
        }
        const bool few = p->window.filter_height * p->window.filter_width <= MOTE_POOL_MAX_COUNT;
        const int32x4_t means = mote_rounded_quotients_s32x4(sums, count, few);
        const int32x4_t raised = vmaxq_s32(means, vdupq_n_s32(p->activation_min));
        const int32x4_t values = vminq_s32(raised, vdupq_n_s32(p->activation_max));
        if (p->channels % 4 == 0) {
            vstrbq_s32(output + channel, values);
        } else {
            vstrbq_p_s32(output + channel, values, inside);
        }
    }
}

/* Maxima of the channels of an area, sixteen at a time. */
MOTE_INLINE void mote_maximum_area_s8(const mote_pool_2d_helium_s8_t *p, mote_area_s8_t area,
                                      int8_t *output) {
    for (int32_t channel = 0; channel < p->channels; channel += 16) {
        const mve_pred16_t inside = vctp8q((uint32_t)(p->channels - channel));
        int8x16_t maxima = vdupq_n_s8((int8_t)p->activation_min);
        for (int32_t row = 0; row < area.rows; ++row) {
            const int8_t *from = area.first + row * area.row_step + channel;
            for (int32_t column = 0; column < area.columns; ++column) {
                maxima = vmaxq_s8(maxima, p->channels % 16 == 0 ? vldrbq_s8(from)
                                                                : vldrbq_z_s8(from, inside));
                from += p->channels;
            }
        }
        const int8x16_t highest = vdupq_n_s8((int8_t)p->activation_max);
        vstrbq_p_s8(output + channel, vminq_s8(maxima, highest), inside);
    }
}

typedef void (*mote_pool_area_s8_t)(const mote_pool_2d_helium_s8_t *p, mote_area_s8_t area,
                                    int8_t *output);

/* Applies `pool` to each output position, in increasing order. */
MOTE_INLINE void mote_pool_2d_helium_s8(const mote_pool_2d_helium_s8_t *p, mote_pool_area_s8_t pool,
                                        const int8_t *input, int8_t *output) {
    const mote_window_t *const w = &p->window;
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        for (int32_t y = 0; y < w->output_height; ++y) {
            const mote_taps_t rows = mote_row_taps(w, y);
            for (int32_t x = 0; x < w->output_width; ++x) {
                const mote_taps_t columns = mote_column_taps(w, x);
                const int32_t pixel = mote_window_pixel(w, y, x, rows.first, columns.first);
                const mote_area_s8_t area = {
                    .first = input + pixel * p->channels,
                    .rows = rows.end - rows.first,
                    .columns = columns.end - columns.first,
                    .row_step = w->input_width * p->channels,
                };
                pool(p, area, output);
                output += p->channels;
            }
        }
        input += w->input_height * w->input_width * p->channels;
    }
}

/*
 * input  [batches, input_height, input_width, channels]
 * output [batches, output_height, output_width, channels]; must not overlap the input
 *
 * Any alignment.
 */
MOTE_INLINE void mote_average_pool_2d_helium_s8(const mote_pool_2d_helium_s8_t *p,
                                                const int8_t *input, int8_t *output) {
    mote_pool_2d_helium_s8(p, mote_average_area_s8, input, output);
}

/* As mote_average_pool_2d_helium_s8. */
MOTE_INLINE void mote_max_pool_2d_helium_s8(const mote_pool_2d_helium_s8_t *p, const int8_t *input,
                                            int8_t *output) {
    mote_pool_2d_helium_s8(p, mote_maximum_area_s8, input, output);
}

#endif
