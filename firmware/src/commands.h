/* Inside the protocol: what the commands share. */
#ifndef MOTE_COMMANDS_H
#define MOTE_COMMANDS_H

#include <stdbool.h>

#include "channel.h"

/* Cuts the next word off *rest and returns it; NULL if there is none. Words are separated by
 * spaces. */
char *mote_next_word(char **rest);

/* Reads a decimal number below 2^31; false if `word` is NULL or anything else. */
bool mote_parse_number(const char *word, uint32_t *value);

/* commands_benchmark.c: MLPerf Tiny's commands on input bytes. `rest`: the words after the
 * command's name. */
void mote_command_db(const mote_channel_t *channel, char *rest);
void mote_command_infer(const mote_channel_t *channel, char *rest);
void mote_command_results(const mote_channel_t *channel, char *rest);
void mote_command_timestamp(const mote_channel_t *channel, char *rest);

/* commands_stream.c: our commands on samples. */
void mote_command_samples(const mote_channel_t *channel, char *rest);
void mote_command_reset(const mote_channel_t *channel, char *rest);
void mote_command_trace(const mote_channel_t *channel, char *rest);
void mote_commands_stream_init(void);

#endif
