/* Lane 1 is on D2 (beam A) and D3 (B), lane 2 on D4 and D5, lane 3 on D6 and D7, lane 4 on D8 and
 * D9. A receiver that sees its light pulls its pin low; a cut cable then looks like a broken beam
 * and is reported as stuck. -DBROKEN_IS_LOW turns that round. */
#include "edges.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "../avr/clock.h"

#define QUEUE_SIZE 32
#define QUEUE_MASK (QUEUE_SIZE - 1)

struct edge {
    uint16_t when;          /* low half of the millisecond */
    uint8_t level;
};

static struct edge queue[QUEUE_SIZE];
static volatile uint8_t queue_in, queue_out;
static volatile uint8_t dropped;
static uint8_t lanes_mask;
static uint8_t queued;      /* the last level that found room */
static uint8_t level;       /* the last one taken out */

ISR(TIMER2_COMPB_vect)
{
    uint8_t pins = (uint8_t)(PIND >> 2 | PINB << 6);
#ifdef BROKEN_IS_LOW
    pins = (uint8_t)~pins;
#endif
    pins &= lanes_mask;
    if (pins == queued)
        return;
    uint8_t next = (uint8_t)((queue_in + 1) & QUEUE_MASK);
    if (next == queue_out) {
        if (dropped != 0xFF)
            dropped++;
        return;
    }
    queue[queue_in].when = (uint16_t)clock_ticks;
    queue[queue_in].level = pins;
    queue_in = next;
    queued = pins;
}

void edges_begin(uint8_t lanes)
{
    lanes_mask = (uint8_t)((1U << (2 * lanes)) - 1);
    PORTD |= (uint8_t)(lanes_mask << 2);        /* pull-ups */
    PORTB |= (uint8_t)(lanes_mask >> 6);
    TIMSK2 |= _BV(OCIE2B);
}

uint8_t edges_level(uint32_t now)
{
    while (queue_out != queue_in && (int16_t)(queue[queue_out].when - (uint16_t)now) <= 0) {
        level = queue[queue_out].level;
        queue_out = (uint8_t)((queue_out + 1) & QUEUE_MASK);
    }
    return level;
}

uint8_t edges_dropped(void)
{
    uint8_t count;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        count = dropped;
        dropped = 0;
    }
    return count;
}
