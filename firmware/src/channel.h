/* Where the protocol's bytes come from and go to: the board's port, or a test's memory. */
#ifndef MOTE_CHANNEL_H
#define MOTE_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    /* As mote_port_read() and mote_port_write(). */
    size_t (*read)(void *bytes, size_t count, uint32_t timeout_ms);
    void (*write)(const void *bytes, size_t count);
} mote_channel_t;

#endif
