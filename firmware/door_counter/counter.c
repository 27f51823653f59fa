#include "counter.h"

#include <string.h>

#define STATE_BODY 18
#define EVENT_BODY 11

void counter_begin(struct counter *counter, const struct identity *who, const struct totals *totals)
{
    memset(counter, 0, sizeof *counter);
    unit_begin(&counter->unit, who);
    counter->totals = *totals;
    counter->unit.tx_lost = totals->tx_lost;
}

static void add(struct totals *totals, uint8_t tally)
{
    switch (tally) {
    case TALLY_IN: totals->in++; break;
    case TALLY_OUT: totals->out++; break;
    case TALLY_BACK: totals->back++; break;
    case TALLY_LOITER: totals->loiter++; break;
    default: break;
    }
}

static void say_event(struct counter *counter, const struct happening *what, uint32_t now,
                      struct outgoing *out)
{
    uint8_t body[EVENT_BODY];
    uint8_t *at = body;
    *at++ = what->kind;
    at = wire_put16(at, what->duration_ms < 0xFFFF ? (uint16_t)what->duration_ms : 0xFFFF);
    at = wire_put32(at, counter->totals.in);
    wire_put32(at, counter->totals.out);
    unit_say(&counter->unit, WIRE_EVENT, body, EVENT_BODY, now, out);
}

static void say_state(struct counter *counter, uint32_t now, struct outgoing *out)
{
    uint8_t body[STATE_BODY], level = 0, stuck = 0;
    for (uint8_t i = 0; i < counter->unit.who.lanes; i++) {
        level |= (uint8_t)(counter->lanes[i].level << (2 * i));
        stuck |= (uint8_t)(counter->lanes[i].stuck << (2 * i));
    }
    const struct totals *totals = &counter->totals;
    uint8_t *at = wire_put32(wire_put32(body, totals->in), totals->out);
    at = wire_put16(wire_put16(at, totals->back), totals->loiter);
    *at++ = level;
    *at++ = stuck;
    wire_put16(wire_put16(at, totals->dropped), counter->unit.tx_lost);
    unit_say(&counter->unit, WIRE_STATE, body, STATE_BODY, now, out);
}

bool counter_step(struct counter *counter, const struct moment *moment, struct outgoing *out)
{
    struct totals *totals = &counter->totals;
    bool changed = moment->dropped != 0;
    totals->dropped = (uint16_t)(totals->dropped + moment->dropped);
    for (uint8_t i = 0; i < counter->unit.who.lanes; i++) {
        struct happening happenings[HAPPENINGS_MOST];
        uint8_t broken = (moment->level >> (2 * i)) & BOTH_BEAMS;
        uint8_t count = lane_step(&counter->lanes[i], broken, moment->now, happenings);
        for (uint8_t j = 0; j < count; j++) {
            changed = changed || happenings[j].tally != TALLY_NONE;
            add(totals, happenings[j].tally);
            say_event(counter, &happenings[j], moment->now, out);
        }
    }
    if (unit_step(&counter->unit, moment->in, moment->length, moment->now, out))
        say_state(counter, moment->now, out);
    changed = changed || totals->tx_lost != counter->unit.tx_lost;
    totals->tx_lost = counter->unit.tx_lost;
    return changed;
}
