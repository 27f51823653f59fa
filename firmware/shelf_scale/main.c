/* The shelf scale on an ATmega328P: a thin shell around `scale_step`. */
#include <avr/interrupt.h>

#include "../avr/clock.h"
#include "../avr/reset.h"
#include "../avr/serial.h"
#include "hx711.h"
#include "scale.h"

#ifndef UNIT
#define UNIT 0
#endif
#ifndef CELLS
#define CELLS 1
#endif
#if CELLS < 1 || CELLS > CELLS_MOST || UNIT > 0xFFFFFF
#error "CELLS is 1 to 4, UNIT 0 to 16777215"
#endif

#define OUT_ROOM 160        /* HELLO and four WEIGHT */
#define IN_ROOM 8

static struct scale scale;

static void begin(void)
{
    struct identity who = {
        UNIT, 0, 0, reset_cause(), "shelfcast-scale", {1, 0, 0},
    };
    struct totals none;
    who.boot = reset_recall(UNIT, &none);
    scale_begin(&scale, &who, CELLS);
    hx711_begin(CELLS);
    serial_begin();
    clock_begin();
    reset_guard();
    sei();
}

static void step(uint32_t now)
{
    static uint8_t in[IN_ROOM], bytes[OUT_ROOM];
    uint8_t room = serial_room();
    struct outgoing out = {bytes, room < OUT_ROOM ? room : OUT_ROOM, 0};
    uint32_t bits;
    for (uint8_t i = 0; i < CELLS; i++)
        if (hx711_take(i, &bits))
            scale_sample(&scale, i, bits, now);
    scale_step(&scale, in, serial_take(in, IN_ROOM), now, &out);
    serial_send(bytes, (uint8_t)out.used);
}

int main(void)
{
    begin();
    for (uint32_t done = 0;;) {
        for (uint32_t now = clock_now(); now != done;)
            step(++done);
        clock_rest();
    }
}
