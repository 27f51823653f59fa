/* Frames on the serial line: writing them, and finding them in a stream that may be damaged.
 * The wire's one written spec is ../README.md. Nothing here knows a chip. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_VERSION 1
#define WIRE_HEADER 12      /* version, type, seq, boot, uptime */
#define WIRE_CHECK 2
#define WIRE_RAW_MOST 254   /* header, body and check, before the stuffing */
#define WIRE_BODY_MOST (WIRE_RAW_MOST - WIRE_HEADER - WIRE_CHECK)
/* Bytes on the line for a body of n bytes: one for the stuffing, two delimiters. */
#define WIRE_SIZE(n) ((n) + WIRE_HEADER + WIRE_CHECK + 3)

enum wire_type {
    WIRE_HELLO = 0x01,
    WIRE_STATE = 0x02,
    WIRE_EVENT = 0x03,
    WIRE_PONG = 0x04,
    WIRE_WEIGHT = 0x10,
    WIRE_GET = 0x81,
    WIRE_PING = 0x82
};

struct frame {
    uint8_t type;
    uint16_t seq;
    uint32_t boot;
    uint32_t uptime_ms;
    const uint8_t *body;
    uint8_t length;         /* of the body, at most WIRE_BODY_MOST */
};

/* Where output goes. What does not fit is left out as a whole. */
struct outgoing {
    uint8_t *bytes;
    uint16_t room;
    uint16_t used;
};

/* Collects one stuffed frame; `wire_reader_begin` before the first byte. */
struct wire_reader {
    uint8_t stuffed[WIRE_RAW_MOST + 1];
    uint8_t length;
    bool skipping;          /* until the next zero: too long, or begun before we listened */
    uint16_t dropped;       /* damaged or foreign frames so far, wraps */
};

/* CRC-16/IBM-3740 of one more byte; begin with 0xFFFF. */
uint16_t wire_check(uint16_t check, uint8_t byte);

/* Numbers as they stand on the wire; each returns the place behind it. */
uint8_t *wire_put16(uint8_t *at, uint16_t value);
uint8_t *wire_put32(uint8_t *at, uint32_t value);
uint16_t wire_get16(const uint8_t *at);
uint32_t wire_get32(const uint8_t *at);

/* Writes the frame with both delimiters; false, and nothing written, where there is no room. */
bool wire_write(const struct frame *frame, struct outgoing *out);

void wire_reader_begin(struct wire_reader *reader);

/* Takes the next byte; true when it ended a whole frame. `frame->body` then points into the reader
 * and holds until the next byte. */
bool wire_take(struct wire_reader *reader, uint8_t byte, struct frame *frame);

#endif
