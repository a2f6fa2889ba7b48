/* Text formatting for replies, without a C library's printf. Writes straight to the channel. */
#ifndef MOTE_REPLY_H
#define MOTE_REPLY_H

#include "channel.h"

void mote_reply_text(const mote_channel_t *channel, const char *text);

/* Decimal, no leading zeros. */
void mote_reply_integer(const mote_channel_t *channel, int64_t value);

/* Two lower-case digits per byte, in memory order. */
void mote_reply_hex(const mote_channel_t *channel, const void *bytes, size_t count);

/* Three decimals, rounded half away from zero; |value| < 1000000. */
void mote_reply_decimal_f32(const mote_channel_t *channel, float value);

/* A whole line: "m-<name>-[<value>]". */
void mote_reply_line_text(const mote_channel_t *channel, const char *name, const char *value);
void mote_reply_line_integer(const mote_channel_t *channel, const char *name, int64_t value);
void mote_reply_line_hex(const mote_channel_t *channel, const char *name, const void *bytes,
                         size_t count);

/* "e-[<reason>]". */
void mote_reply_error(const mote_channel_t *channel, const char *reason);

#endif
