/* Totals that outlive a reset: two copies in RAM that nobody clears, each with a check, so that a
 * reset in the middle of writing one of them leaves the other. */
#ifndef KEPT_H
#define KEPT_H

#include <stdbool.h>
#include <stdint.h>

struct totals {
    uint32_t in;
    uint32_t out;
    uint16_t back;
    uint16_t loiter;
    uint16_t dropped;
    uint16_t tx_lost;
};

/* Laid out without gaps, the same on every machine. */
struct kept {
    uint32_t boot;
    struct totals totals;
    uint8_t turn;           /* the later of two sound copies has the later turn */
    uint8_t layout;
    uint16_t check;         /* of all that stands before it */
    uint32_t mark;          /* written last */
};

/* The later sound copy; NULL where neither is sound: RAM after a power loss. */
const struct kept *kept_find(const struct kept pair[2]);

/* Writes over the older copy. */
void kept_save(struct kept pair[2], uint32_t boot, const struct totals *totals);

#endif
