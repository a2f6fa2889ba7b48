/* The application: serial bytes in, labels out. A test suite brings a main() of its own. */
#ifndef PIO_UNIT_TESTING

#include "mote_port.h"
#include "protocol.h"

int main(void) {
    static const mote_channel_t channel = {.read = mote_port_read, .write = mote_port_write};
    mote_port_init();
    mote_protocol_run(&channel);
    return 0;
}

#endif
