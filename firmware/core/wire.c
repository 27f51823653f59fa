/* Source: ../README.md, section "Frame". The stuffing is that of S. Cheshire and M. Baker,
 * "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on Networking 7(2), 1999. */
#include "wire.h"

#define CHECK_START 0xFFFF
#define RUN_MOST 254

uint16_t wire_check(uint16_t check, uint8_t byte)
{
    check = (uint16_t)((check >> 8) | (check << 8));
    check ^= byte;
    check ^= (uint8_t)(check & 0xFF) >> 4;
    check ^= (uint16_t)(check << 12);
    check ^= (uint16_t)((check & 0xFF) << 5);
    return check;
}

uint8_t *wire_put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
    return at + 2;
}

uint8_t *wire_put32(uint8_t *at, uint32_t value)
{
    return wire_put16(wire_put16(at, (uint16_t)value), (uint16_t)(value >> 16));
}

uint16_t wire_get16(const uint8_t *at)
{
    return (uint16_t)(at[0] | (uint16_t)at[1] << 8);
}

uint32_t wire_get32(const uint8_t *at)
{
    return wire_get16(at) | (uint32_t)wire_get16(at + 2) << 16;
}

/* Stuffs as it goes, so that no second buffer is needed. */
struct stuffer {
    uint8_t *code;          /* where the length of the run that is being written will stand */
    uint8_t *at;
    uint16_t check;
};

static void open_run(struct stuffer *to)
{
    to->code = to->at++;
}

static void close_run(struct stuffer *to)
{
    *to->code = (uint8_t)(to->at - to->code);
}

static void stuff(struct stuffer *to, uint8_t byte)
{
    if (to->at - to->code > RUN_MOST) {     /* a full run stands for no zero */
        close_run(to);
        open_run(to);
    }
    if (byte != 0) {
        *to->at++ = byte;
        return;
    }
    close_run(to);
    open_run(to);
}

static void stuff_checked(struct stuffer *to, const uint8_t *bytes, uint8_t length)
{
    for (; length != 0; length--, bytes++) {
        to->check = wire_check(to->check, *bytes);
        stuff(to, *bytes);
    }
}

bool wire_write(const struct frame *frame, struct outgoing *out)
{
    uint16_t room = (uint16_t)(out->room - out->used);
    if (frame->length > WIRE_BODY_MOST || room < (uint16_t)WIRE_SIZE(frame->length))
        return false;

    uint8_t header[WIRE_HEADER] = {WIRE_VERSION, frame->type};
    wire_put32(wire_put32(wire_put16(header + 2, frame->seq), frame->boot), frame->uptime_ms);

    uint8_t *start = out->bytes + out->used;
    struct stuffer to = {NULL, start, CHECK_START};
    *to.at++ = 0;
    open_run(&to);
    stuff_checked(&to, header, WIRE_HEADER);
    stuff_checked(&to, frame->body, frame->length);
    uint16_t check = to.check;
    stuff(&to, (uint8_t)check);
    stuff(&to, (uint8_t)(check >> 8));
    close_run(&to);
    *to.at++ = 0;
    out->used = (uint16_t)(out->used + (to.at - start));
    return true;
}

void wire_reader_begin(struct wire_reader *reader)
{
    reader->length = 0;
    reader->skipping = true;
    reader->dropped = 0;
}

/* Takes the stuffing out in place. Returns the length, 0 where no encoder made this. */
static uint8_t unstuff(uint8_t *bytes, uint8_t length)
{
    uint8_t from = 0, to = 0;
    while (from < length) {
        uint8_t code = bytes[from++];
        if (code == 0 || length - from < code - 1)
            return 0;
        for (uint8_t run = (uint8_t)(code - 1); run != 0; run--)
            bytes[to++] = bytes[from++];
        if (code <= RUN_MOST && from < length)
            bytes[to++] = 0;
    }
    return to;
}

static bool open_frame(uint8_t *raw, uint8_t stuffed, struct frame *frame)
{
    uint8_t length = unstuff(raw, stuffed);
    if (length < WIRE_HEADER + WIRE_CHECK)
        return false;
    uint16_t check = CHECK_START;
    for (uint8_t i = 0; i < length - WIRE_CHECK; i++)
        check = wire_check(check, raw[i]);
    if (check != wire_get16(raw + length - WIRE_CHECK) || raw[0] != WIRE_VERSION)
        return false;
    frame->type = raw[1];
    frame->seq = wire_get16(raw + 2);
    frame->boot = wire_get32(raw + 4);
    frame->uptime_ms = wire_get32(raw + 8);
    frame->body = raw + WIRE_HEADER;
    frame->length = (uint8_t)(length - WIRE_HEADER - WIRE_CHECK);
    return true;
}

bool wire_take(struct wire_reader *reader, uint8_t byte, struct frame *frame)
{
    if (byte != 0) {
        if (reader->skipping)
            return false;
        if (reader->length == sizeof reader->stuffed) {
            reader->skipping = true;
            reader->dropped++;
            return false;
        }
        reader->stuffed[reader->length++] = byte;
        return false;
    }
    uint8_t length = reader->length;
    bool empty = reader->skipping || length == 0;
    reader->skipping = false;
    reader->length = 0;
    if (empty)
        return false;
    if (open_frame(reader->stuffed, length, frame))
        return true;
    reader->dropped++;
    return false;
}
