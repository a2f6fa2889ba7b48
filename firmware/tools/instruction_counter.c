/* QEMU TCG plugin: counts executed guest instructions and notes the count at marker addresses.
 *
 *   -plugin instruction_counter.so,output=FILE,marker=ADDRESS,marker=ADDRESS,...
 *
 * Each time the instruction at a marker's address is about to execute, FILE gets two native
 * 64-bit words: the marker's position on the command line (from 0) and the number of guest
 * instructions executed before it since power-on. An instruction in an IT block counts also when
 * its condition fails, as it is issued then too.
 *
 * Exact for machines with one vCPU. Debian and Ubuntu do not package qemu-plugin.h, so the few
 * functions used are declared here; their signatures are the same in plugin API 1 (QEMU up to
 * 8.2) and 2 (QEMU 9.0 on). PLUGIN_API says which of them the running QEMU accepts.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))
#define MAX_MARKERS 1024
#define NO_REGISTERS 0 /* QEMU_PLUGIN_CB_NO_REGS */

typedef uint64_t plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*translate_callback_t)(plugin_id_t id, struct qemu_plugin_tb *block);
typedef void (*execute_callback_t)(unsigned int vcpu, void *userdata);

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id_t id, translate_callback_t callback);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *instruction,
                                            execute_callback_t callback, int flags, void *userdata);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);

EXPORTED int qemu_plugin_version = PLUGIN_API;
EXPORTED int qemu_plugin_install(plugin_id_t id, const void *info, int argc, char **argv);

static uint64_t executed;
static uint64_t markers[MAX_MARKERS];
static size_t marker_count;
static FILE *output; /* flushed by exit() */

static void count_one(unsigned int vcpu, void *userdata) {
    (void)vcpu;
    (void)userdata;
    executed += 1;
}

static void note_marker(unsigned int vcpu, void *userdata) {
    (void)vcpu;
    const uint64_t note[2] = {(uint64_t)((const uint64_t *)userdata - markers), executed};
    if (fwrite(note, sizeof note, 1, output) != 1) {
        perror("instruction_counter: cannot write the output");
        abort();
    }
}

static void instrument(plugin_id_t id, struct qemu_plugin_tb *block) {
    (void)id;
    const size_t count = qemu_plugin_tb_n_insns(block);
    for (size_t i = 0; i < count; ++i) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        const uint64_t address = qemu_plugin_insn_vaddr(instruction);
        for (size_t m = 0; m < marker_count; ++m) {
            if (markers[m] == address) {
                qemu_plugin_register_vcpu_insn_exec_cb(instruction, note_marker, NO_REGISTERS,
                                                       &markers[m]);
            }
        }
        qemu_plugin_register_vcpu_insn_exec_cb(instruction, count_one, NO_REGISTERS, NULL);
    }
}

/* Returns 0, or 1 after a message on stderr when an argument is wrong. */
static int read_argument(const char *argument) {
    if (strncmp(argument, "output=", 7) == 0) {
        output = fopen(argument + 7, "wb");
        if (output == NULL) {
            perror(argument);
            return 1;
        }
        return 0;
    }
    if (strncmp(argument, "marker=", 7) == 0 && marker_count < MAX_MARKERS) {
        markers[marker_count++] = strtoull(argument + 7, NULL, 0);
        return 0;
    }
    fprintf(stderr,
            "instruction_counter: expected output=FILE or at most %d marker=ADDRESS. "
            "Received: %s\n",
            MAX_MARKERS, argument);
    return 1;
}

int qemu_plugin_install(plugin_id_t id, const void *info, int argc, char **argv) {
    (void)info;
    for (int i = 0; i < argc; ++i) {
        if (read_argument(argv[i]) != 0) {
            return 1;
        }
    }
    if (output == NULL) {
        fprintf(stderr, "instruction_counter: output=FILE is missing\n");
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, instrument);
    return 0;
}
