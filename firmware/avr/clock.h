/* Milliseconds since the reset, from timer 2. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Counted in the interrupt; read it there, or by `clock_now`. */
extern volatile uint32_t clock_ticks;

void clock_begin(void);
uint32_t clock_now(void);

/* Sleeps until an interrupt; the watchdog is fed. */
void clock_rest(void);

#endif
