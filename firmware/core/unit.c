#include "unit.h"

#include <string.h>

#define HELLO_BODY 27
#define TOKEN 4

void unit_begin(struct unit *unit, const struct identity *who)
{
    memset(unit, 0, sizeof *unit);
    unit->who = *who;
    wire_reader_begin(&unit->reader);
}

void unit_say(struct unit *unit, uint8_t type, const uint8_t *body, uint8_t length, uint32_t now,
              struct outgoing *out)
{
    struct frame frame = {type, unit->seq, unit->who.boot, now, body, length};
    if (wire_write(&frame, out))
        unit->seq++;
    else
        unit->tx_lost++;
}

static void say_hello(struct unit *unit, uint32_t now, struct outgoing *out)
{
    const struct identity *who = &unit->who;
    uint8_t body[HELLO_BODY];
    uint8_t *at = wire_put32(body, who->unit);
    *at++ = who->lanes;
    *at++ = who->reset_cause;
    at = wire_put16(at, HEARTBEAT_MS);
    memcpy(at, who->name, sizeof who->name);
    memcpy(at + sizeof who->name, who->version, sizeof who->version);
    unit_say(unit, WIRE_HELLO, body, HELLO_BODY, now, out);
    unit->last_hello = now;
}

bool unit_step(struct unit *unit, const uint8_t *in, uint8_t length, uint32_t now,
               struct outgoing *out)
{
    bool asked = false;
    struct frame frame;
    for (; length != 0; length--, in++) {
        if (!wire_take(&unit->reader, *in, &frame))
            continue;
        if (frame.type == WIRE_GET)
            asked = true;
        if (frame.type == WIRE_PING && frame.length >= TOKEN)
            unit_say(unit, WIRE_PONG, frame.body, TOKEN, now, out);
    }
    if (asked || !unit->begun || now - unit->last_hello >= HELLO_MS)
        say_hello(unit, now, out);
    if (!unit->begun) {
        unit->begun = true;
        unit->last_beat = now;
    }
    if (!asked && now - unit->last_beat < HEARTBEAT_MS)
        return false;
    unit->last_beat = now;
    return true;
}
