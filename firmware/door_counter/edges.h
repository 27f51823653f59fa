/* The beams' pins, sampled each millisecond in an interrupt, with a queue for what changed. */
#ifndef EDGES_H
#define EDGES_H

#include <stdint.h>

void edges_begin(uint8_t lanes);

/* The broken beams in the millisecond `now`; call it for each, in order. */
uint8_t edges_level(uint32_t now);

/* Changes that found the queue full since the last call. */
uint8_t edges_dropped(void);

#endif
