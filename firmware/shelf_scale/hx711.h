/* HX711 amplifiers on pins of their own: clock and data on D2 and D3, D4 and D5, D6 and D7, D8 and
 * D9. Nothing here waits for a conversion. */
#ifndef HX711_H
#define HX711_H

#include <stdbool.h>
#include <stdint.h>

void hx711_begin(uint8_t cells);

/* Fetches the 24 bits of a finished conversion; false at once where none is ready, or where the data
 * line is stuck low. Takes about 0.1 ms. Sets channel A, gain 128, for the next. */
bool hx711_take(uint8_t cell, uint32_t *bits);

#endif
