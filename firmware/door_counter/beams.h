/* Two light beams across a door, one behind the other: who went which way. One lane, one
 * millisecond at a time; no chip, no clock. The rules stand in ../README.md, "Two beams". */
#ifndef BEAMS_H
#define BEAMS_H

#include <stdbool.h>
#include <stdint.h>

#define BEAM_A 1            /* the outer one, towards the street */
#define BEAM_B 2
#define BOTH_BEAMS 3

#define DEBOUNCE_MS 5
#define LOITER_MS 4000      /* longer than this is no passage */
#define STUCK_MS 30000

enum event_kind {
    EVENT_IN = 1,
    EVENT_OUT,
    EVENT_BACK,
    EVENT_LOITER,
    EVENT_TAILGATE,
    EVENT_UNKNOWN,
    EVENT_STUCK,
    EVENT_FREE
};

/* Which total one more goes to. */
enum tally { TALLY_NONE, TALLY_IN, TALLY_OUT, TALLY_BACK, TALLY_LOITER };

struct happening {
    uint8_t kind;
    uint8_t tally;
    uint32_t duration_ms;
};

/* The most that one millisecond can bring: both beams stuck or free, and a passage. */
#define HAPPENINGS_MOST 5

/* All zeros is a lane that nobody stands in. */
struct lane {
    uint32_t since;         /* when the passage began */
    uint32_t broken[2];     /* when each beam was broken, after the debounce */
    uint8_t run[2];         /* ms for which each beam has said otherwise than `level` */
    uint8_t level;          /* broken beams, after the debounce */
    uint8_t stuck;
    uint8_t first;          /* the beam that was broken first; both: in one millisecond */
    uint8_t seen;           /* beams broken during this passage */
    bool blind;             /* a beam was stuck; nothing is judged until both are clear */
};

/* Takes the broken beams of this millisecond; call it once for each. Returns how many happenings it
 * wrote. */
uint8_t lane_step(struct lane *lane, uint8_t broken, uint32_t now,
                  struct happening happenings[HAPPENINGS_MOST]);

#endif
