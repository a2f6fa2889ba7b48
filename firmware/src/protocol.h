/* The serial protocol. A command ends with '%', its replies are lines that end in CR LF, the last
 * of them always "m-ready". Errors are lines "e-[...]".
 *
 * Of MLPerf Tiny (EEMBC), so that its runners can drive the board:
 *   name  profile  help  timestamp  results
 *   db load N          expects the model's N input bytes (int8)
 *   db HEX             the next of them, up to MOTE_COMMAND_LENGTH characters at a time
 *   infer N [W]        N inferences on them after W (default 10) to warm up
 * Our own:
 *   samples N          followed at once by N samples, int16 or float32 as the features take them,
 *                      all axes of a sample together, little endian, and the CRC-32 of their
 *                      bytes, little endian; continues the stream of earlier samples
 *   reset              forgets the stream: samples, windows, events and the model's state
 *   trace 0|1          1: replies to samples also hold every frame and model input
 *   stack              the most bytes of stack in use so far
 *
 * Replies to samples, in order: m-frame-[hex of float32 or int32] for each frame (traced); for each
 * completed window m-input-[hex of int8] (traced), m-logits-[hex of the output's bytes],
 * m-label-[index], m-event-[samples of the stream so far, index, mean score from 0 to 255] if a
 * label was heard, m-smoothed-[index, -1: none]. With a wrong CRC-32 "e-[crc]", with input that
 * ends or pauses for MOTE_SAMPLES_TIMEOUT_MS "e-[truncated]", after a float sample that is not
 * finite or beyond +-2^24 "e-[sample]"; each resets the stream.
 *
 * Samples are taken MOTE_CHUNK_SAMPLES at a time, and no bytes are read while a chunk is
 * processed. A host without flow control therefore sends at most so many per command and waits
 * for m-ready; the CRC-32 of such a command is checked before any of its samples is used.
 */
#ifndef MOTE_PROTOCOL_H
#define MOTE_PROTOCOL_H

#include "channel.h"

#define MOTE_COMMAND_LENGTH 80u
#define MOTE_CHUNK_SAMPLES 160u
#define MOTE_SAMPLES_TIMEOUT_MS 5000u

/* Greets, then answers commands until the input ends. */
void mote_protocol_run(const mote_channel_t *channel);

#endif
