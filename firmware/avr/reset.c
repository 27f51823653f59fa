#include "reset.h"

#include <avr/eeprom.h>
#include <avr/io.h>
#include <avr/wdt.h>
#include <string.h>

#include "../core/life.h"
#include "../core/unit.h"

#define NOINIT __attribute__((section(".noinit")))

struct kept reset_kept[2] NOINIT;
static uint8_t flags NOINIT;

/* Runs before main and before RAM is set up: after a watchdog reset the watchdog goes on with its
 * shortest time and would bite again. */
void reset_early(void) __attribute__((naked, used, section(".init3")));
void reset_early(void)
{
    flags = MCUSR;
    MCUSR = 0;
    wdt_disable();
}

uint8_t reset_cause(void)
{
    /* At power-on the brown-out flag is often set, too. A boot loader that clears MCUSR leaves none. */
    if ((flags & _BV(PORF)) != 0)
        return RESET_POWER_ON;
    if ((flags & _BV(BORF)) != 0)
        return RESET_BROWN_OUT;
    if ((flags & _BV(WDRF)) != 0)
        return RESET_WATCHDOG;
    return (flags & _BV(EXTRF)) != 0 ? RESET_LINE : RESET_UNKNOWN;
}

static uint8_t read_byte(uint16_t address)
{
    return eeprom_read_byte((const uint8_t *)address);
}

static void write_byte(uint16_t address, uint8_t value)
{
    eeprom_update_byte((uint8_t *)address, value);
}

uint32_t reset_recall(uint32_t unit, struct totals *totals)
{
    static const struct memory eeprom = {read_byte, write_byte};
    const struct kept *kept = reset_cause() == RESET_POWER_ON ? NULL : kept_find(reset_kept);
    uint32_t boot;
    if (kept != NULL) {
        *totals = kept->totals;
        boot = kept->boot;
    } else {
        memset(totals, 0, sizeof *totals);
        boot = life_begin(&eeprom, unit);
    }
    kept_save(reset_kept, boot, totals);
    return boot;
}

void reset_guard(void)
{
    wdt_enable(WDTO_1S);
}
