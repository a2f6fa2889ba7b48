/* What the spectral block writes for each axis; the float and the fixed form share it. */
#ifndef MOTE_SPECTRAL_OUTPUTS_H
#define MOTE_SPECTRAL_OUTPUTS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    MOTE_SPECTRAL_RMS,
    MOTE_SPECTRAL_SKEWNESS,
    MOTE_SPECTRAL_KURTOSIS,
} mote_spectral_statistic_t;

typedef enum {
    MOTE_SPECTRAL_MOMENT_CENTROID,
    MOTE_SPECTRAL_MOMENT_SPREAD,
    MOTE_SPECTRAL_MOMENT_SKEWNESS,
    MOTE_SPECTRAL_MOMENT_KURTOSIS,
} mote_spectral_moment_t;

/* The features of an axis lie in the order of these members. */
typedef struct {
    uint32_t n_statistics;
    const uint8_t *statistics; /* [n_statistics], mote_spectral_statistic_t */
    uint32_t n_moments;
    const uint8_t *moments; /* [n_moments], mote_spectral_moment_t */
    uint32_t n_bands;
    const uint16_t *bands; /* [n_bands][2]: first bin, bin after the last */
    uint32_t n_peaks;      /* pairs of frequency (Hz) and height, highest first; missing ones are
                            * at 0 Hz, of no power */
    bool spectrum_bins;    /* all of the spectrum */
} mote_spectral_outputs_t;

#endif
