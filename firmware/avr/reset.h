/* Why the chip was reset, what outlived it, and the watchdog. */
#ifndef RESET_H
#define RESET_H

#include <stdint.h>

#include "../core/kept.h"

/* The two copies in RAM that no reset clears. */
extern struct kept reset_kept[2];

/* A `reset_cause` of the wire. */
uint8_t reset_cause(void);

/* The boot id of this life. `totals` are the kept ones when the life goes on, else zeros and a new
 * life is begun in EEPROM (that waits some 20 ms, once). */
uint32_t reset_recall(uint32_t unit, struct totals *totals);

/* From here on a loop that hangs for a second is reset. */
void reset_guard(void);

#endif
