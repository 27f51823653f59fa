/* What every unit on the wire does, whatever it measures: it says who it is, numbers its frames and
 * answers the gateway. */
#ifndef UNIT_H
#define UNIT_H

#include "wire.h"

#define HEARTBEAT_MS 1000
#define HELLO_MS 30000

enum reset_cause {
    RESET_UNKNOWN,
    RESET_POWER_ON,
    RESET_LINE,
    RESET_BROWN_OUT,
    RESET_WATCHDOG,
    RESET_SOFTWARE
};

struct identity {
    uint32_t unit;          /* serial number, 0: not yet given one */
    uint32_t boot;          /* names the life of the totals */
    uint8_t lanes;          /* pairs of beams; 0 for a scale */
    uint8_t reset_cause;
    char name[16];          /* filled up with zeros */
    uint8_t version[3];
};

struct unit {
    struct identity who;
    struct wire_reader reader;
    uint32_t last_hello;
    uint32_t last_beat;
    uint16_t seq;
    uint16_t tx_lost;       /* frames that found no room, wraps */
    bool begun;
};


void unit_begin(struct unit *unit, const struct identity *who);

/* Sends a frame, or counts it as lost. */
void unit_say(struct unit *unit, uint8_t type, const uint8_t *body, uint8_t length, uint32_t now,
              struct outgoing *out);

/* Takes what came in and keeps the rhythm of HELLO; true when the heartbeat is due (each second,
 * and after HELLO when the gateway asked). */
bool unit_step(struct unit *unit, const uint8_t *in, uint8_t length, uint32_t now,
               struct outgoing *out);

#endif
