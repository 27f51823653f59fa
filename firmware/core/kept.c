#include "kept.h"

#include <stddef.h>

#include "wire.h"

#define MARK 0x5AFE70A1u
#define LAYOUT 1

/* The compiler may move no store across this: the order is what a reset finds. */
#define IN_THIS_ORDER() __asm__ volatile("" ::: "memory")

static uint16_t check_of(const struct kept *copy)
{
    const uint8_t *byte = (const uint8_t *)copy;
    uint16_t check = 0xFFFF;
    for (uint8_t left = offsetof(struct kept, check); left != 0; left--)
        check = wire_check(check, *byte++);
    return check;
}

static bool sound(const struct kept *copy)
{
    return copy->mark == MARK && copy->layout == LAYOUT && copy->check == check_of(copy);
}

const struct kept *kept_find(const struct kept pair[2])
{
    bool first = sound(&pair[0]), second = sound(&pair[1]);
    if (first && second)
        return (uint8_t)(pair[1].turn - pair[0].turn) < 0x80 ? &pair[1] : &pair[0];
    return first ? &pair[0] : second ? &pair[1] : NULL;
}

void kept_save(struct kept pair[2], uint32_t boot, const struct totals *totals)
{
    const struct kept *latest = kept_find(pair);
    uint8_t turn = latest == NULL ? 0 : (uint8_t)(latest->turn + 1);
    struct kept *older = latest == &pair[0] ? &pair[1] : &pair[0];
    older->mark = 0;
    IN_THIS_ORDER();
    older->boot = boot;
    older->totals = *totals;
    older->turn = turn;
    older->layout = LAYOUT;
    older->check = check_of(older);
    IN_THIS_ORDER();
    older->mark = MARK;
}
