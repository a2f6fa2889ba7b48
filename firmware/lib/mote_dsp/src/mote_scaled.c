#include "mote_scaled.h"

#include "mote_fixed.h"

mote_scaled_t mote_scaled(uint64_t x, int32_t exponent) {
    const uint32_t high = (uint32_t)(x >> 32);
    if (high == 0) {
        const uint32_t low = (uint32_t)x;
        const uint32_t zeros = low == 0 ? 0 : mote_leading_zeros(low);
        return (mote_scaled_t){low << zeros, exponent - (int32_t)zeros};
    }
    const uint32_t zeros = mote_leading_zeros(high);
    return (mote_scaled_t){(uint32_t)(x << zeros >> 32), exponent + 32 - (int32_t)zeros};
}

mote_scaled_t mote_scaled_add(mote_scaled_t a, mote_scaled_t b) {
    if (a.mantissa == 0) {
        return b;
    }
    if (b.mantissa == 0) {
        return a;
    }
    const mote_scaled_t large = a.exponent >= b.exponent ? a : b;
    const mote_scaled_t small = a.exponent >= b.exponent ? b : a;
    const int32_t shift = large.exponent - small.exponent;
    const uint32_t added = shift < 32 ? small.mantissa >> shift : 0;
    return mote_scaled((uint64_t)large.mantissa + added, large.exponent);
}

mote_scaled_t mote_scaled_multiply(mote_scaled_t a, mote_scaled_t b) {
    return mote_scaled((uint64_t)a.mantissa * b.mantissa, a.exponent + b.exponent);
}

mote_scaled_t mote_scaled_divide(mote_scaled_t a, mote_scaled_t b) {
    return mote_scaled(((uint64_t)a.mantissa << 32) / b.mantissa, a.exponent - b.exponent - 32);
}

/* A bit of the root after another, as in long division: the radicand has 64 bits and an even
 * exponent, the remainder never more than the root and a bit. */
mote_scaled_t mote_scaled_sqrt(mote_scaled_t x) {
    const uint32_t odd = (uint32_t)x.exponent & 1u;
    uint64_t radicand = (uint64_t)x.mantissa << (32 - odd);
    const int32_t exponent = (x.exponent - 32 + (int32_t)odd) / 2;
    uint64_t remainder = 0;
    uint32_t root = 0;
    for (uint32_t bit = 0; bit < 32; bit++) {
        remainder = remainder << 2 | radicand >> 62;
        radicand <<= 2;
        const uint64_t trial = (uint64_t)root << 2 | 1u;
        root <<= 1;
        if (remainder >= trial) {
            remainder -= trial;
            root |= 1u;
        }
    }
    return mote_scaled(root, exponent);
}

int32_t mote_scaled_to_fixed(mote_scaled_t x, uint32_t fraction_bits) {
    const int32_t shift = -(x.exponent + (int32_t)fraction_bits);
    if (x.mantissa == 0 || shift > 32) {
        return 0;
    }
    if (shift < 1) {
        return INT32_MAX;
    }
    const uint32_t rounded = (uint32_t)(((uint64_t)x.mantissa + (1ull << (shift - 1))) >> shift);
    return rounded > INT32_MAX ? INT32_MAX : (int32_t)rounded;
}
