/* A channel in memory: what the firmware reads is given, what it writes is kept as text. */
#ifndef MEMORY_CHANNEL_H
#define MEMORY_CHANNEL_H

#include "channel.h"

extern const mote_channel_t memory_channel;

/* Sets what is read next (it must outlive the reading) and forgets what was written. */
void memory_channel_begin(const void *input, size_t count);

/* All that was written, zero-terminated; cut at the buffer's end. */
const char *memory_channel_output(void);

#endif
