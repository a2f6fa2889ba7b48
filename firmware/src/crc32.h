/* CRC-32 of IEEE 802.3 (reflected, polynomial 0x04C11DB7), as zlib computes it. */
#ifndef MOTE_CRC32_H
#define MOTE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Continues `crc` (0 to begin) over `count` bytes. */
uint32_t mote_crc32(uint32_t crc, const void *bytes, size_t count);

#endif
