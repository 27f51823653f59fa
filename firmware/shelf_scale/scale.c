#include "scale.h"

#include <string.h>

#define WEIGHT_BODY 7
#define SIGN 0x800000

int32_t scale_raw(uint32_t bits)
{
    return (int32_t)((bits & 0xFFFFFF) ^ SIGN) - SIGN;
}

void scale_begin(struct scale *scale, const struct identity *who, uint8_t cells)
{
    memset(scale, 0, sizeof *scale);
    unit_begin(&scale->unit, who);
    scale->count = cells;
    for (uint8_t i = 0; i < cells; i++)
        scale->cells[i].settling = SETTLING;
}

void scale_sample(struct scale *scale, uint8_t cell, uint32_t bits, uint32_t now)
{
    struct cell *one = &scale->cells[cell];
    one->heard = now;
    if (one->settling != 0) {
        one->settling--;
    } else if (one->n < SAMPLES_MOST) {
        one->sum += scale_raw(bits);
        one->n++;
    }
}

/* Rounded to the nearest, halves away from zero. */
static int32_t mean(const struct cell *cell)
{
    if (cell->n == 0)
        return 0;
    int32_t half = cell->n / 2;
    return (cell->sum + (cell->sum < 0 ? -half : half)) / cell->n;
}

static void say_weight(struct scale *scale, uint8_t number, uint32_t now, struct outgoing *out)
{
    struct cell *cell = &scale->cells[number];
    if (cell->n == 0 && now - cell->heard < HEARTBEAT_MS)
        return;     /* the gateway asked between two samples: that is no silence */
    uint8_t body[WEIGHT_BODY] = {number};
    wire_put16(wire_put32(body + 1, (uint32_t)mean(cell)), cell->n);
    unit_say(&scale->unit, WIRE_WEIGHT, body, WEIGHT_BODY, now, out);
    if (cell->n == 0)
        cell->settling = SETTLING;      /* it was away: when it comes back it must settle again */
    cell->sum = 0;
    cell->n = 0;
}

void scale_step(struct scale *scale, const uint8_t *in, uint8_t length, uint32_t now,
                struct outgoing *out)
{
    if (!unit_step(&scale->unit, in, length, now, out))
        return;
    for (uint8_t i = 0; i < scale->count; i++)
        say_weight(scale, i, now, out);
}
