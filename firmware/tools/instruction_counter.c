/* QEMU TCG plugin: counts executed guest instructions, in all and by address.
 *
 *   -plugin instruction_counter.so,output=FILE,runs=FILE,marker=ADDRESS,marker=ADDRESS,...
 *
 * Each time the instruction at a marker's address is about to execute, `output` gets two native
 * 64-bit words: the marker's position on the command line (from 0) and the number of guest
 * instructions executed before it since power-on. An instruction in an IT block counts also when
 * its condition fails, as it is issued then too.
 *
 * The unit of counting is a run: instructions that are translated together and hold no marker but
 * in front, so that all execute if the first does. From a marker to the next, `runs` gets six native
 * 64-bit words for each run that executed: the marker's position, the run's address, its number of
 * instructions, how often it executed, how often something else than what lies before it came
 * before, and how often something else than what lies behind it came next, that is, how often the
 * branch that ends it was taken.
 *
 * Exact for machines with one vCPU, between markers that enclose no access to a device (QEMU
 * translates an instruction that makes one again, alone). Debian and Ubuntu do not package
 * qemu-plugin.h, so the few functions used are declared here; their signatures are the same in
 * plugin API 1 (QEMU up to 8.2) and 2 (QEMU 9.0 on). PLUGIN_API says which of them the running
 * QEMU accepts.
 */
#include <inttypes.h>
#include <stdbool.h>
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
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *instruction);

EXPORTED int qemu_plugin_version = PLUGIN_API;
EXPORTED int qemu_plugin_install(plugin_id_t id, const void *info, int argc, char **argv);

typedef struct run {
    uint64_t begin;
    uint64_t end; /* address behind its last instruction */
    uint64_t length;
    uint64_t executed; /* since the last marker, as are the others */
    uint64_t entered;  /* times that the instruction before was not the one that lies before */
    uint64_t left;     /* times that the next instruction was not the one at `end` */
    const uint64_t *marker;
    struct run *next; /* of those executed since the last marker */
} run_t;

static uint64_t markers[MAX_MARKERS];
static size_t marker_count;
static FILE *output; /* flushed by exit(), like `runs` */
static FILE *runs;

static uint64_t executed;
static const uint64_t *current_marker;
static run_t *touched;
static run_t *previous;

static void write_words(FILE *file, const uint64_t *words, size_t count) {
    if (fwrite(words, sizeof *words, count, file) != count) {
        perror("instruction_counter: cannot write the output");
        abort();
    }
}

static uint64_t position(const uint64_t *marker) {
    return (uint64_t)(marker - markers);
}

static void enter_marker(const uint64_t *marker) {
    for (run_t *run = touched; run != NULL; run = run->next) {
        if (current_marker != NULL && runs != NULL) {
            const uint64_t row[6] = {position(current_marker),
                                     run->begin,
                                     run->length,
                                     run->executed,
                                     run->entered,
                                     run->left};
            write_words(runs, row, 6);
        }
        run->executed = 0;
        run->entered = 0;
        run->left = 0;
    }
    touched = NULL;
    current_marker = marker;
    const uint64_t note[2] = {position(marker), executed};
    write_words(output, note, 2);
}

static void count_run(unsigned int vcpu, void *userdata) {
    (void)vcpu;
    run_t *const run = userdata;
    const bool branched = previous != NULL && previous->end != run->begin;
    if (branched) {
        previous->left += 1;
    }
    previous = run;
    if (run->marker != NULL) {
        enter_marker(run->marker);
    }
    if (run->executed == 0) {
        run->next = touched;
        touched = run;
    }
    run->executed += 1;
    run->entered += branched ? 1 : 0;
    executed += run->length;
}

static const uint64_t *find_marker(uint64_t address) {
    for (size_t m = 0; m < marker_count; ++m) {
        if (markers[m] == address) {
            return &markers[m];
        }
    }
    return NULL;
}

/* Runs live as long as the translations that count into them: to the end. */
static run_t *new_run(uint64_t begin, const uint64_t *marker) {
    run_t *const run = calloc(1, sizeof *run);
    if (run == NULL) {
        perror("instruction_counter: no memory for a run");
        abort();
    }
    run->begin = begin;
    run->marker = marker;
    return run;
}

static void instrument(plugin_id_t id, struct qemu_plugin_tb *block) {
    (void)id;
    const size_t count = qemu_plugin_tb_n_insns(block);
    run_t *run = NULL;
    for (size_t i = 0; i < count; ++i) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        const uint64_t address = qemu_plugin_insn_vaddr(instruction);
        const uint64_t *const marker = find_marker(address);
        if (run == NULL || marker != NULL) {
            run = new_run(address, marker);
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, count_run, NO_REGISTERS, run);
        }
        run->length += 1;
        run->end = address + qemu_plugin_insn_size(instruction);
    }
}

static FILE *open_output(const char *path) {
    FILE *const file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
    }
    return file;
}

/* Returns 0, or 1 after a message on stderr when an argument is wrong. */
static int read_argument(const char *argument) {
    if (strncmp(argument, "output=", 7) == 0) {
        output = open_output(argument + 7);
        return output == NULL;
    }
    if (strncmp(argument, "runs=", 5) == 0) {
        runs = open_output(argument + 5);
        return runs == NULL;
    }
    if (strncmp(argument, "marker=", 7) == 0 && marker_count < MAX_MARKERS) {
        markers[marker_count++] = strtoull(argument + 7, NULL, 0);
        return 0;
    }
    fprintf(stderr,
            "instruction_counter: expected output=FILE, runs=FILE or at most %d marker=ADDRESS. "
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
