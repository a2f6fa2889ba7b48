/* Copies the requests to the responses; a request that begins with a letter below asks for more:
 * L locks up, S stalls, X exits with an error. */
#include "semihosting.h"

static uint8_t bytes[4096];

int main(void) {
    const uint32_t requests = open_file("requests.bin", 12, 1);
    const uint32_t responses = open_file("responses.txt", 13, 5);
    for (;;) {
        const uint32_t to_read[3] = {requests, (uint32_t)(uintptr_t)bytes, sizeof bytes};
        const uint32_t count = sizeof bytes - semihost(0x06, to_read);
        if (count == 0u) {
            return 0;
        }
        const uint32_t to_write[3] = {responses, (uint32_t)(uintptr_t)bytes, count};
        semihost(0x05, to_write);
        if (bytes[0] == 'L') {
            *(volatile uint32_t *)0xFFFFFFF0u = 0u; /* no fault handler: the core locks up */
        } else if (bytes[0] == 'S') {
            for (;;) {
            }
        } else if (bytes[0] == 'X') {
            return 1;
        }
    }
}
