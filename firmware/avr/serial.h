/* The serial line, 57,600 baud 8N1, behind two ring buffers. Nothing here ever waits. */
#ifndef SERIAL_H
#define SERIAL_H

#include <stdbool.h>
#include <stdint.h>

void serial_begin(void);

/* Bytes that `serial_send` would take now. */
uint8_t serial_room(void);

/* At most `serial_room()` bytes. */
void serial_send(const uint8_t *bytes, uint8_t length);

/* Moves what came in to `bytes`, at most `most`; returns how many. What comes while the ring is
 * full is thrown away: its frame fails its check, and the gateway asks again. */
uint8_t serial_take(uint8_t *bytes, uint8_t most);

#endif
