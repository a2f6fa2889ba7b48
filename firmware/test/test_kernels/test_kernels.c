/* Literal values of mote_nn and mote_dsp: the same on every target. The kernels' own tests, on the
 * PC, are in tests/; here the question is whether this compiler and this core agree with them. */
#include "mote_features.h"
#include "mote_fully_connected_s8.h"
#include "mote_test.h"

#include <string.h>

static void test_quantize_rounds_half_away_from_zero(void) {
    MOTE_CHECK_EQUAL(3, mote_quantize_f32_s8(1.25f, 0.5f, 0));
    MOTE_CHECK_EQUAL(-3, mote_quantize_f32_s8(-1.25f, 0.5f, 0));
    MOTE_CHECK_EQUAL(83, mote_quantize_f32_s8(0.0f, 0.584703f, 83));
    MOTE_CHECK_EQUAL(127, mote_quantize_f32_s8(1e30f, 0.5f, 0));
    MOTE_CHECK_EQUAL(-128, mote_quantize_f32_s8(-1e30f, 0.5f, 0));
}

/* Floating point is IEEE, subnormals included: 2^-126 / 2 is not flushed to zero. */
static void test_subnormals_are_kept(void) {
    volatile float smallest_normal = 0x1p-126f;
    volatile float half = smallest_normal * 0.5f;
    uint32_t bits;
    memcpy(&bits, (const void *)&half, sizeof bits);
    MOTE_CHECK_EQUAL(0x00400000, bits);
}

static void test_products_are_not_fused(void) {
    /* (1 + 2^-12)^2 - (1 + 2^-11): 2^-24 if fused, 0 if the product is rounded first. */
    volatile float a = 1.0f + 0x1p-12f;
    volatile float c = 1.0f + 0x1p-11f;
    float product = a * a;
    MOTE_CHECK(product - c == 0.0f);
}

static void test_requantize_rounds_twice(void) {
    MOTE_CHECK_EQUAL(1, mote_requantize_s32(1, 1 << 30, 1));
    MOTE_CHECK_EQUAL(1, mote_requantize_s32(1, 1 << 30, 0));   /* 0.5 up */
    MOTE_CHECK_EQUAL(0, mote_requantize_s32(-1, 1 << 30, 0));  /* -0.5 up */
    MOTE_CHECK_EQUAL(2, mote_requantize_s32(5, 1 << 30, -1));  /* 1.25: 2.5 up to 3, 1.5 up */
    MOTE_CHECK_EQUAL(-1, mote_requantize_s32(-3, 1 << 30, -1)); /* -0.75: -1.5 up, -0.5 away */
    MOTE_CHECK_EQUAL(1073741824, mote_requantize_s32(INT32_MAX, 1 << 30, 0));
}

static void test_fully_connected(void) {
    static const int8_t input[3] = {1, -2, 127};
    /* biases, weights {1, 2, 3} and {-128, 0, -128} in fours, 2 * 2^30 twice, shifts -1 and -2 */
    static const int32_t filters[] = {
        10, 0, 0x00030201, 0x00800080, INT32_MIN, INT32_MIN, 0x0100,
    };
    const mote_fully_connected_s8_t layer = {
        .batches = 1,
        .input_depth = 3,
        .output_depth = 2,
        .output = {.zero_point = -5, .activation_min = -128, .activation_max = 127},
    };
    int8_t output[2];
    int32_t scratch[2 * MOTE_MATMUL_BLOCK];
    mote_fully_connected_s8(&layer, input, filters, scratch, output);
    MOTE_CHECK_EQUAL(92, output[0]); /* 388 / 4 - 5 */
    MOTE_CHECK_EQUAL(-128, output[1]);
    mote_fully_connected_direct_s8(&layer, input, filters, output);
    MOTE_CHECK_EQUAL(92, output[0]);
    MOTE_CHECK_EQUAL(-128, output[1]);
}

int main(void) {
    mote_test_begin();
    MOTE_RUN(test_quantize_rounds_half_away_from_zero);
    MOTE_RUN(test_subnormals_are_kept);
    MOTE_RUN(test_products_are_not_fused);
    MOTE_RUN(test_requantize_rounds_twice);
    MOTE_RUN(test_fully_connected);
    mote_test_end();
}
