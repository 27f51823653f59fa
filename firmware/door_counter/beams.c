#include "beams.h"

struct notes {
    struct happening *at;
    uint8_t count;
};

static void note(struct notes *notes, uint8_t kind, uint8_t tally, uint32_t duration_ms)
{
    struct happening *one = &notes->at[notes->count++];
    one->kind = kind;
    one->tally = tally;
    one->duration_ms = duration_ms;
}

/* The level once each beam has said the same for DEBOUNCE_MS. */
static uint8_t debounce(struct lane *lane, uint8_t broken)
{
    uint8_t level = lane->level;
    for (uint8_t i = 0; i < 2; i++) {
        uint8_t bit = (uint8_t)(1 << i);
        if (((broken ^ level) & bit) == 0)
            lane->run[i] = 0;
        else if (++lane->run[i] >= DEBOUNCE_MS) {
            lane->run[i] = 0;
            level ^= bit;
        }
    }
    return level;
}

static void begin(struct lane *lane, uint8_t first, uint8_t level, uint32_t now)
{
    lane->first = first;
    lane->seen = level;
    lane->since = now;
}

/* Judges a passage whose last cleared beam is `last`. */
static void judge(const struct lane *lane, uint8_t last, bool tailgate, uint32_t now,
                  struct notes *notes)
{
    uint32_t took = now - lane->since;
    if (lane->seen != BOTH_BEAMS)
        return;
    if (took > LOITER_MS)
        note(notes, EVENT_LOITER, TALLY_LOITER, took);
    else if (lane->first == BOTH_BEAMS || last == BOTH_BEAMS)
        note(notes, EVENT_UNKNOWN, TALLY_NONE, took);
    else if (lane->first == last)
        note(notes, EVENT_BACK, TALLY_BACK, took);
    else if (lane->first == BEAM_A)
        note(notes, tailgate ? EVENT_TAILGATE : EVENT_IN, TALLY_IN, took);
    else
        note(notes, tailgate ? EVENT_TAILGATE : EVENT_OUT, TALLY_OUT, took);
}

/* Somebody breaks the first beam again while only the far one is broken: a second person follows. */
static bool somebody_follows(const struct lane *lane, uint8_t before, uint8_t level)
{
    return lane->seen == BOTH_BEAMS && lane->first != BOTH_BEAMS
        && before == (BOTH_BEAMS ^ lane->first) && (level & lane->first) != 0;
}

static void follow(struct lane *lane, uint8_t before, uint32_t now, struct notes *notes)
{
    uint8_t level = lane->level;
    if (lane->blind) {
        lane->blind = level != 0;
    } else if (before == 0) {
        begin(lane, level, level, now);
    } else if (level == 0) {
        judge(lane, before, false, now, notes);
    } else if (somebody_follows(lane, before, level)) {
        judge(lane, before, true, now, notes);
        begin(lane, lane->first, level, now);
    } else {
        lane->seen |= level;
    }
}

static void watch_beams(struct lane *lane, uint8_t before, uint32_t now, struct notes *notes)
{
    for (uint8_t i = 0; i < 2; i++) {
        uint8_t bit = (uint8_t)(1 << i);
        uint32_t broken_for = now - lane->broken[i];
        if ((lane->level & bit) == 0) {
            if ((lane->stuck & bit) != 0)
                note(notes, EVENT_FREE, TALLY_NONE, broken_for);
            lane->stuck &= (uint8_t)~bit;
        } else if ((before & bit) == 0) {
            lane->broken[i] = now;
        } else if ((lane->stuck & bit) == 0 && broken_for >= STUCK_MS) {
            note(notes, EVENT_STUCK, TALLY_NONE, broken_for);
            lane->stuck |= bit;
            lane->blind = true;
        }
    }
}

uint8_t lane_step(struct lane *lane, uint8_t broken, uint32_t now,
                  struct happening happenings[HAPPENINGS_MOST])
{
    struct notes notes = {happenings, 0};
    uint8_t before = lane->level;
    lane->level = debounce(lane, broken);
    if (lane->level != before)
        follow(lane, before, now, &notes);
    if ((lane->level | before) != 0)
        watch_beams(lane, before, now, &notes);
    return notes.count;
}
