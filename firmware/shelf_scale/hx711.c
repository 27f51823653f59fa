/* Source: Avia Semiconductor, HX711 datasheet, "Serial Interface": the data line falls when a
 * conversion is ready; 24 clock pulses bring its bits, the first one highest, and a 25th asks for
 * channel A with gain 128 and lets the line rise. A clock that is high for more than 60 us switches
 * the chip off. */
#include "hx711.h"

#include <avr/io.h>
#include <util/atomic.h>
#include <util/delay_basic.h>

struct place {
    volatile uint8_t *clock_port;
    volatile uint8_t *clock_direction;
    volatile uint8_t *data_port;
    volatile uint8_t *data_pins;
    uint8_t clock;
    uint8_t data;
};

static const struct place places[] = {
    {&PORTD, &DDRD, &PORTD, &PIND, _BV(PD2), _BV(PD3)},
    {&PORTD, &DDRD, &PORTD, &PIND, _BV(PD4), _BV(PD5)},
    {&PORTD, &DDRD, &PORTD, &PIND, _BV(PD6), _BV(PD7)},
    {&PORTB, &DDRB, &PORTB, &PINB, _BV(PB0), _BV(PB1)},
};

void hx711_begin(uint8_t cells)
{
    for (uint8_t i = 0; i < cells; i++) {
        const struct place *at = &places[i];
        *at->clock_port &= (uint8_t)~at->clock;
        *at->clock_direction |= at->clock;
        *at->data_port |= at->data;             /* pull-up: a cell that is away is never ready */
    }
}

static bool data(const struct place *at)
{
    return (*at->data_pins & at->data) != 0;
}

static bool pulse(const struct place *at)
{
    bool bit;
    /* An interrupt in here could make the pulse too long. */
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        *at->clock_port |= at->clock;
        _delay_loop_1(4);
        bit = data(at);
        *at->clock_port &= (uint8_t)~at->clock;
    }
    return bit;
}

bool hx711_take(uint8_t cell, uint32_t *bits)
{
    const struct place *at = &places[cell];
    if (data(at))
        return false;
    uint32_t value = 0;
    for (uint8_t i = 0; i < 24; i++)
        value = value << 1 | pulse(at);
    pulse(at);
    *bits = value;
    return data(at);
}
