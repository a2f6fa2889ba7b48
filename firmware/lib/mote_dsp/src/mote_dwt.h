/* One level of the discrete wavelet transform, as PyWavelets' `dwt` (Mallat, "A theory for
 * multiresolution signal decomposition", 1989). */
#ifndef MOTE_DWT_H
#define MOTE_DWT_H

#include <stdint.h>

/* What the signal is taken to be beyond its ends. */
typedef enum {
    MOTE_DWT_SYMMETRIC,    /* mirrored, the last value repeated: x1 x0 | x0 x1 */
    MOTE_DWT_ZERO,         /* 0 */
    MOTE_DWT_PERIODIZATION /* repeated, the last value once more if the length is odd */
} mote_dwt_mode_t;

typedef struct {
    mote_dwt_mode_t mode;
    uint32_t n_taps;   /* of each filter, even */
    const float *taps; /* [n_taps][2]: low-pass and high-pass, both from their last tap on */
} mote_dwt_t;

/* Splits signal[length] into an approximation (written over signal[0] and following) and
 * detail[n]; returns n, the number of values in each: (length + n_taps - 1) / 2, or
 * (length + 1) / 2 with periodization.
 * n_taps floats in front of signal[0] and as many behind signal[length - 1] are overwritten.
 * `length` is at least n_taps - 1. Sums run from the earliest sample to the latest. */
uint32_t mote_dwt_f32(const mote_dwt_t *dwt, float *signal, uint32_t length, float *detail);

#endif
