/* The firmware's core on the machine that tests it: many milliseconds in one call. */
#include <string.h>

#include "door_counter/counter.h"
#include "core/life.h"
#include "shelf_scale/scale.h"

struct note {
    uint32_t when, kind, tally, took;
};

size_t host_sizeof_lane(void) { return sizeof(struct lane); }
size_t host_sizeof_counter(void) { return sizeof(struct counter); }
size_t host_sizeof_scale(void) { return sizeof(struct scale); }
size_t host_sizeof_kept(void) { return sizeof(struct kept); }

size_t host_walk_lane(struct lane *lane, uint8_t broken, uint32_t ms, uint32_t *now,
                      struct note *notes, size_t most)
{
    struct happening happenings[HAPPENINGS_MOST];
    size_t count = 0;
    for (; ms != 0; ms--) {
        uint8_t found = lane_step(lane, broken, ++*now, happenings);
        for (uint8_t i = 0; i < found && count < most; i++, count++) {
            struct note one = {
                *now, happenings[i].kind, happenings[i].tally, happenings[i].duration_ms,
            };
            notes[count] = one;
        }
    }
    return count;
}

/* What came in is given to the first millisecond. `changed` counts the steps that said so. */
size_t host_walk_counter(struct counter *counter, uint8_t level, uint32_t ms, uint32_t *now,
                         const uint8_t *in, uint8_t length, uint8_t *bytes, size_t room,
                         uint16_t room_each, uint32_t *changed)
{
    size_t used = 0;
    for (; ms != 0 && room - used >= room_each; ms--) {
        struct moment moment = {++*now, in, length, level, 0};
        struct outgoing out = {bytes + used, room_each, 0};
        *changed += counter_step(counter, &moment, &out);
        used += out.used;
        length = 0;
    }
    return used;
}

void host_totals(const struct counter *counter, struct totals *totals)
{
    *totals = counter->totals;
}

size_t host_walk_scale(struct scale *scale, uint32_t ms, uint32_t *now, const uint8_t *in,
                       uint8_t length, uint8_t *bytes, size_t room)
{
    struct outgoing out = {bytes, (uint16_t)room, 0};
    for (; ms != 0; ms--) {
        scale_step(scale, in, length, ++*now, &out);
        length = 0;
    }
    return out.used;
}

size_t host_write(uint8_t type, uint16_t seq, uint32_t boot, uint32_t uptime_ms,
                  const uint8_t *body, uint8_t length, uint8_t *bytes, uint16_t room)
{
    struct frame frame = {type, seq, boot, uptime_ms, body, length};
    struct outgoing out = {bytes, room, 0};
    return wire_write(&frame, &out) ? out.used : 0;
}

/* Writes each sound frame as u8 type, u16 seq, u32 boot, u32 uptime, u8 length, body. */
size_t host_read(const uint8_t *in, size_t length, uint8_t *found, uint16_t *dropped)
{
    static struct wire_reader reader;
    struct frame frame;
    uint8_t *at = found;
    wire_reader_begin(&reader);
    for (; length != 0; length--, in++) {
        if (!wire_take(&reader, *in, &frame))
            continue;
        *at++ = frame.type;
        at = wire_put32(wire_put32(wire_put16(at, frame.seq), frame.boot), frame.uptime_ms);
        *at++ = frame.length;
        memcpy(at, frame.body, frame.length);
        at += frame.length;
    }
    *dropped = reader.dropped;
    return (size_t)(at - found);
}
