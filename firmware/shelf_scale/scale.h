/* The shelf scale as one pure step: raw samples and bytes in, bytes out. Grams are the gateway's
 * business (drivers/scale): a swapped board then needs no tools. */
#ifndef SCALE_H
#define SCALE_H

#include "../core/unit.h"

#define CELLS_MOST 4
#define SETTLING 4          /* samples after power-up that an HX711 needs to settle */
#define SAMPLES_MOST 255    /* in one heartbeat; an HX711 gives 10 or 80 a second */

struct cell {
    int32_t sum;
    uint32_t heard;         /* when it last gave a sample */
    uint8_t n;
    uint8_t settling;
};

struct scale {
    struct unit unit;
    struct cell cells[CELLS_MOST];
    uint8_t count;
};

/* The number that 24 bits of two's complement stand for. */
int32_t scale_raw(uint32_t bits);

void scale_begin(struct scale *scale, const struct identity *who, uint8_t cells);

/* One sample of a cell, as its 24 bits. */
void scale_sample(struct scale *scale, uint8_t cell, uint32_t bits, uint32_t now);

/* Call it once for each millisecond. */
void scale_step(struct scale *scale, const uint8_t *in, uint8_t length, uint32_t now,
                struct outgoing *out);

#endif
