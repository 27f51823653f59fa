/* A boot id that never comes back: a count of lives in EEPROM, spread over many cells so that none
 * of them wears out, mixed with the unit's number. */
#ifndef LIFE_H
#define LIFE_H

#include <stdbool.h>
#include <stdint.h>

#define LIFE_SLOT 6         /* u32 count, u16 check */
#define LIFE_SLOTS 160      /* 960 of the chip's 1024 bytes; 16 million lives at 100,000 writes each */

struct memory {
    uint8_t (*read)(uint16_t address);
    void (*write)(uint16_t address, uint8_t value);
};

/* Begins a new life, remembers it, and returns its boot id (never 0). Waits for the memory. */
uint32_t life_begin(const struct memory *memory, uint32_t unit);

#endif
