#include "clock.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <avr/wdt.h>
#include <util/atomic.h>

#define TICKS (F_CPU / 64 / 1000)

volatile uint32_t clock_ticks;

ISR(TIMER2_COMPA_vect)
{
    clock_ticks++;
}

void clock_begin(void)
{
    TCCR2A = _BV(WGM21);                /* count to OCR2A */
    OCR2A = TICKS - 1;
    OCR2B = TICKS / 2;                  /* half a tick later, for who samples pins */
    TIMSK2 = _BV(OCIE2A);
    TCCR2B = _BV(CS22);                 /* clock / 64 */
    set_sleep_mode(SLEEP_MODE_IDLE);
}

uint32_t clock_now(void)
{
    uint32_t now;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        now = clock_ticks;
    }
    return now;
}

void clock_rest(void)
{
    wdt_reset();
    sleep_mode();
}
