#include "life.h"

#include "wire.h"

#define TRIES 8             /* slots, where cells are worn out */

static uint16_t check_of(const uint8_t *count)
{
    uint16_t check = 0xFFFF;
    for (uint8_t i = 0; i < 4; i++)
        check = wire_check(check, count[i]);
    return check;
}

static bool read_slot(const struct memory *memory, uint8_t slot, uint32_t *count)
{
    uint8_t bytes[LIFE_SLOT];
    for (uint8_t i = 0; i < LIFE_SLOT; i++)
        bytes[i] = memory->read((uint16_t)(slot * LIFE_SLOT + i));
    *count = wire_get32(bytes);
    return wire_get16(bytes + 4) == check_of(bytes);
}

/* The check goes last: a slot that was torn by a power loss is no slot. */
static bool write_slot(const struct memory *memory, uint8_t slot, uint32_t count)
{
    uint8_t bytes[LIFE_SLOT];
    wire_put32(bytes, count);
    wire_put16(bytes + 4, check_of(bytes));
    for (uint8_t i = 0; i < LIFE_SLOT; i++)
        memory->write((uint16_t)(slot * LIFE_SLOT + i), bytes[i]);
    uint32_t again;
    return read_slot(memory, slot, &again) && again == count;
}

/* Multiplying by an odd number sends no two counts to one id. */
static uint32_t mix(uint32_t count, uint32_t unit)
{
    return count * 2654435761u ^ unit * 2246822519u;
}

static uint32_t next_id(uint32_t *count, uint32_t unit)
{
    uint32_t boot;
    do
        boot = mix(++*count, unit);
    while (boot == 0);
    return boot;
}

uint32_t life_begin(const struct memory *memory, uint32_t unit)
{
    uint32_t latest = 0, count;
    uint8_t slot = LIFE_SLOTS - 1;
    for (uint8_t i = 0; i < LIFE_SLOTS; i++) {
        if (read_slot(memory, i, &count) && count >= latest) {
            latest = count;
            slot = i;
        }
    }
    uint32_t boot = next_id(&latest, unit);
    for (uint8_t tries = 0; tries < TRIES; tries++) {
        slot = (uint8_t)((slot + 1) % LIFE_SLOTS);
        if (write_slot(memory, slot, latest))
            break;
    }
    return boot;
}
