#include "mote_microfrontend_window.h"

#include <string.h>

#define WINDOW_BITS 12

#if defined(__ARM_FEATURE_DSP) && defined(__ARM_FEATURE_SIMD32)

#include <arm_acle.h>

static inline uint32_t load_pair(const int16_t *from) {
    uint32_t pair;
    memcpy(&pair, from, sizeof pair);
    return pair;
}

static inline uint32_t window_pair(const int16_t *samples, const int16_t *window) {
    const int32_t a = (int32_t)load_pair(samples);
    const int32_t b = (int32_t)load_pair(window);
    const int32_t low = (int16_t)a * (int16_t)b;
    const uint32_t high = (uint32_t)((a >> 16) * (b >> 16)) << (16 - WINDOW_BITS);
    uint32_t pair;
    __asm__("pkhtb %0, %1, %2, asr %3" : "=r"(pair) : "r"(high), "r"(low), "I"(WINDOW_BITS));
    return pair;
}

/* A word with the bits of both magnitudes, each in its own half or both in the lower one. */
static inline uint32_t magnitudes(uint32_t pair) {
    const int32_t negated = __ssub16(0, (int32_t)pair);
    return __sel((uint32_t)negated, pair);
}

#else

static inline uint32_t window_pair(const int16_t *samples, const int16_t *window) {
    const int32_t low = (samples[0] * window[0]) >> WINDOW_BITS;
    const int32_t high = (samples[1] * window[1]) >> WINDOW_BITS;
    return ((uint32_t)low & 0xffffu) | ((uint32_t)high << 16);
}

static inline uint32_t magnitude(int16_t value) {
    return (uint32_t)(value < 0 ? -value : value);
}

static inline uint32_t magnitudes(uint32_t pair) {
    return magnitude((int16_t)(pair & 0xffffu)) | magnitude((int16_t)(pair >> 16));
}

#endif

uint32_t mote_microfrontend_window(const mote_microfrontend_t *parameters, const int16_t *frame,
                                   uint32_t *words) {
    const uint32_t length = parameters->frame_length;
    const int16_t *window = parameters->window;
    const uint16_t *order = parameters->fft.order;
    uint32_t seen = 0; /* all magnitudes or-ed: its highest bit is that of the largest */
    for (uint32_t n = 0; n + 1 < length; n += 2) {
        const uint32_t pair = window_pair(frame + n, window + n);
        seen |= magnitudes(pair);
        words[*order++] = pair;
    }
    if (length % 2 != 0) {
        const int16_t last[2] = {frame[length - 1], 0};
        const int16_t coefficient[2] = {window[length - 1], 0};
        const uint32_t pair = window_pair(last, coefficient);
        seen |= magnitudes(pair);
        words[*order++] = pair;
    }
    const uint16_t *end = parameters->fft.order + parameters->fft.n_fft / 2;
    while (order < end) {
        words[*order++] = 0;
    }
    const uint32_t largest = (seen | seen >> 16) & 0x7fffu;
    return (uint32_t)__builtin_clz(2 * largest + 1) - 16;
}
