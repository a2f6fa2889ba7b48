/* The spectral block in integers, for cores without floating-point hardware: int16 samples in,
 * int32 features out. */
#ifndef MOTE_SPECTRAL_S32_H
#define MOTE_SPECTRAL_S32_H

#include <stdint.h>

#include "mote_scaled.h"
#include "mote_spectral_outputs.h"
#include "mote_welch_s32.h"

/* "log2" members are times 2^24. */
typedef struct {
    uint32_t n_axes; /* 1 or more */
    uint32_t length; /* samples of an axis in a frame, 1 to 2^16 */

    /* The output of no section is 2^filter_bits times larger than the frame's largest value less
     * its first one; 0..12. */
    uint32_t filter_bits;
    uint32_t decimation; /* every decimation-th filtered sample is kept, from the first on */
    uint32_t n_decimation_sections;
    const int32_t *decimation_sections; /* low-pass against aliases, as in mote_biquad_s32.h */
    uint32_t n_filter_sections;
    const int32_t *filter_sections; /* at the decimated rate, as in mote_biquad_s32.h */

    mote_welch_s32_t welch;
    mote_spectral_outputs_t outputs;
    const int32_t *axis_scale; /* [n_axes][2]: factor of a sample, a * 2^b with |a| up to 2^30 */
    const int32_t *power_log2; /* [n_axes]: of one step of the Welch spectrum of the samples */
    mote_scaled_t bin_width; /* Hz */
    int32_t bin_width_log2;
    int32_t floor_log2; /* power below it counts as this much */
    int32_t peak_threshold_log2; /* power of the lowest peak that counts */
    int32_t log_multiplier; /* bands, heights and bins are log2(power) times this, times 2^-28 */
    uint32_t fraction_bits; /* features are times 2^fraction_bits, 0..20 */
} mote_spectral_s32_t;

/* A mote_features_compute_t whose parameters are a mote_spectral_s32_t: mote_spectral_compute of
 * int16 samples. Features are int32_t and saturate at +-(2^24 - 1).
 * scratch holds 8 * (n_fft / 2 + 1) + 4 * (n_fft + 2 + length) bytes; there is no state. */
void mote_spectral_s32_compute(const void *frame, const void *parameters, void *state,
                               void *scratch, void *features);

#endif
