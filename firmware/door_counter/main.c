/* The door counter on an ATmega328P: a thin shell around `counter_step`. */
#include <avr/interrupt.h>
#include <avr/io.h>

#include "../avr/clock.h"
#include "../avr/reset.h"
#include "../avr/serial.h"
#include "counter.h"
#include "edges.h"

#ifndef UNIT
#define UNIT 0
#endif
#ifndef LANES
#define LANES 1
#endif
#if LANES < 1 || LANES > LANES_MOST || UNIT > 0xFFFFFF
#error "LANES is 1 to 4, UNIT 0 to 16777215"
#endif

#define OUT_ROOM 160        /* the most that a millisecond brings: HELLO, STATE and events */
#define IN_ROOM 8           /* the line brings 6 bytes in a millisecond */

static struct counter counter;

static void begin(void)
{
    struct identity who = {
        UNIT, 0, LANES, reset_cause(), "shelfcast-door", {1, 0, 0},
    };
    struct totals totals;
    who.boot = reset_recall(UNIT, &totals);
    counter_begin(&counter, &who, &totals);
    DDRB |= _BV(PB5);
    serial_begin();
    clock_begin();
    edges_begin(LANES);
    reset_guard();
    sei();
}

/* The board's lamp is on while a beam is broken: that is how one aligns them. */
static void show(uint8_t level)
{
    if (level != 0)
        PORTB |= _BV(PB5);
    else
        PORTB &= (uint8_t)~_BV(PB5);
}

static void step(uint32_t now)
{
    static uint8_t in[IN_ROOM], bytes[OUT_ROOM];
    uint8_t room = serial_room();
    struct outgoing out = {bytes, room < OUT_ROOM ? room : OUT_ROOM, 0};
    struct moment moment = {
        now, in, serial_take(in, IN_ROOM), edges_level(now), edges_dropped(),
    };
    if (counter_step(&counter, &moment, &out))
        kept_save(reset_kept, counter.unit.who.boot, &counter.totals);
    serial_send(bytes, (uint8_t)out.used);
    show(moment.level);
}

int main(void)
{
    begin();
    for (uint32_t done = 0;;) {
        /* Behind by one tick: the pins of a tick are sampled in its middle. */
        for (uint32_t now = clock_now(); now - done > 1;)
            step(++done);
        clock_rest();
    }
}
