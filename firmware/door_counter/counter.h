/* The door counter as one pure step: pins and bytes of a millisecond in, bytes out. */
#ifndef COUNTER_H
#define COUNTER_H

#include "../core/kept.h"
#include "../core/unit.h"
#include "beams.h"

#define LANES_MOST 4

struct counter {
    struct unit unit;
    struct totals totals;
    struct lane lanes[LANES_MOST];
};

/* What one millisecond brings. */
struct moment {
    uint32_t now;           /* ms since the reset */
    const uint8_t *in;      /* what came over the line */
    uint8_t length;
    uint8_t level;          /* broken beams, bit 2 × lane + beam */
    uint8_t dropped;        /* edges lost before they came here */
};

/* Begins with totals that were kept, or with none: `totals` all zeros and a new boot id. */
void counter_begin(struct counter *counter, const struct identity *who,
                   const struct totals *totals);

/* Call it once for each millisecond. True when totals changed and should be kept. */
bool counter_step(struct counter *counter, const struct moment *moment, struct outgoing *out);

#endif
