/* Numbers of any size that are not negative, in integers: for the few results of a frame whose
 * range is not known beforehand. Each operation but the sum is within 2^-31 of the exact result,
 * rounded down; exponents must stay within +-2^30. */
#ifndef MOTE_SCALED_H
#define MOTE_SCALED_H

#include <stdint.h>

/* mantissa * 2^exponent; the mantissa is 0 or at least 2^31. */
typedef struct {
    uint32_t mantissa;
    int32_t exponent;
} mote_scaled_t;

/* x * 2^exponent. */
mote_scaled_t mote_scaled(uint64_t x, int32_t exponent);

mote_scaled_t mote_scaled_add(mote_scaled_t a, mote_scaled_t b);
mote_scaled_t mote_scaled_multiply(mote_scaled_t a, mote_scaled_t b);

/* a / b, where b is not 0. */
mote_scaled_t mote_scaled_divide(mote_scaled_t a, mote_scaled_t b);

mote_scaled_t mote_scaled_sqrt(mote_scaled_t x);

/* x * 2^fraction_bits, rounded to nearest, halves up; at most 2^31 - 1. */
int32_t mote_scaled_to_fixed(mote_scaled_t x, uint32_t fraction_bits);

#endif
