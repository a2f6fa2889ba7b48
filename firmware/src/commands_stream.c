/* Our commands on samples. */
#include "commands.h"

#include "application.h"
#include "crc32.h"
#include "model.h"
#include "protocol.h"
#include "reply.h"
#include "stream.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "samples and their CRC-32 are read into memory as they come, little endian"
#endif

#define SAMPLE_SIZE (APP_N_AXES * sizeof(app_sample_t))

/* One chunk of samples as it arrives; the last one has the CRC-32 behind its samples. */
typedef union {
    app_sample_t samples[MOTE_CHUNK_SAMPLES * APP_N_AXES];
    uint8_t bytes[MOTE_CHUNK_SAMPLES * SAMPLE_SIZE + sizeof(uint32_t)];
} chunk_t;

static chunk_t chunk;
static bool tracing;
static mote_events_t events;
static uint8_t events_history[APP_SMOOTHING_WINDOWS * APP_LABEL_COUNT];

void mote_commands_stream_init(void) {
    mote_stream_init();
    mote_events_init(&events, &app_events, events_history);
}

static uint32_t highest(const uint8_t scores[APP_LABEL_COUNT]) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < APP_LABEL_COUNT; i++) {
        if (scores[i] > scores[best]) {
            best = i;
        }
    }
    return best;
}

static void report_event(const mote_channel_t *channel, uint32_t sample,
                         const mote_decision_t *decision) {
    mote_reply_text(channel, "m-event-[");
    mote_reply_integer(channel, sample);
    mote_reply_text(channel, ",");
    mote_reply_integer(channel, decision->label);
    mote_reply_text(channel, ",");
    mote_reply_integer(channel, decision->score);
    mote_reply_text(channel, "]\r\n");
}

static void report_window(const mote_channel_t *channel, uint32_t sample) {
    uint8_t scores[APP_LABEL_COUNT];
    for (size_t i = 0; i < APP_LABEL_COUNT; i++) {
        scores[i] = (uint8_t)(model_output()[i] + APP_SCORE_OFFSET);
    }
    if (tracing) {
        mote_reply_text(channel, "m-input-[");
        for (size_t i = 0; i < APP_N_FRAMES; i++) {
            mote_reply_hex(channel, mote_stream_row(i), APP_N_FEATURES);
        }
        mote_reply_text(channel, "]\r\n");
    }
    mote_reply_line_hex(channel, "logits", model_output(), MODEL_OUTPUT_SIZE);
    mote_reply_line_integer(channel, "label", highest(scores));
    const mote_decision_t decision = mote_events_push(&events, scores);
    if (decision.event) {
        report_event(channel, sample, &decision);
    }
    mote_reply_line_integer(channel, "smoothed", decision.label);
}

/* Returns false if a sample is refused. */
static bool feed(const mote_channel_t *channel, const app_sample_t *samples, size_t count) {
    while (count > 0u) {
        mote_stream_event_t event;
        size_t n_taken = 0;
        if (!mote_stream_push(samples, count, &n_taken, &event)) {
            return false;
        }
        samples += n_taken * APP_N_AXES;
        count -= n_taken;
        if (tracing && event.frame != NULL) {
            mote_reply_line_hex(channel, "frame", event.frame,
                                sizeof(app_feature_t[APP_N_FEATURES]));
        }
        if (event.window) {
            report_window(channel, event.n_samples);
        }
    }
    return true;
}

static uint32_t read_u32(const uint8_t *bytes) {
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void refuse(const mote_channel_t *channel, const char *reason) {
    mote_command_reset(channel, NULL);
    mote_reply_error(channel, reason);
}

void mote_command_samples(const mote_channel_t *channel, char *rest) {
    uint32_t n_left = 0;
    uint32_t crc = 0;
    bool last = false;
    bool allowed = true;
    if (!mote_parse_number(mote_next_word(&rest), &n_left)) {
        mote_reply_error(channel, "samples takes their number");
        return;
    }
    while (!last) {
        size_t n = n_left < MOTE_CHUNK_SAMPLES ? n_left : MOTE_CHUNK_SAMPLES;
        size_t n_bytes = n * SAMPLE_SIZE;
        last = n == n_left;
        size_t n_wanted = last ? n_bytes + sizeof(uint32_t) : n_bytes;
        if (channel->read(chunk.bytes, n_wanted, MOTE_SAMPLES_TIMEOUT_MS) < n_wanted) {
            refuse(channel, "truncated");
            return;
        }
        crc = mote_crc32(crc, chunk.bytes, n_bytes);
        if (last && crc != read_u32(&chunk.bytes[n_bytes])) {
            refuse(channel, "crc");
            return;
        }
        allowed = allowed && feed(channel, chunk.samples, n);
        n_left -= (uint32_t)n;
    }
    if (!allowed) {
        refuse(channel, "sample");
    }
}

void mote_command_reset(const mote_channel_t *channel, char *rest) {
    (void)channel;
    (void)rest;
    mote_stream_reset();
    mote_events_reset(&events);
}

void mote_command_trace(const mote_channel_t *channel, char *rest) {
    uint32_t value = 0;
    if (!mote_parse_number(mote_next_word(&rest), &value) || value > 1u) {
        mote_reply_error(channel, "trace takes 0 or 1");
        return;
    }
    tracing = value == 1u;
}
