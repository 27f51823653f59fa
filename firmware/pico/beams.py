"""Two light beams across a door: who went which way (`firmware/README.md`, "Two beams").

The same state machine as `door_counter/beams.c`; runs on MicroPython and CPython.
"""

BEAM_A, BEAM_B, BOTH = 1, 2, 3
DEBOUNCE_MS = 5
LOITER_MS = 4_000
STUCK_MS = 30_000

IN, OUT, BACK, LOITER, TAILGATE, UNKNOWN, STUCK, FREE = range(1, 9)
"""Kinds of EVENT."""

MASK = 0xFFFF_FFFF


class Lane:
    """One pair of beams. `level` and `stuck` have bit 0 for beam A and bit 1 for beam B."""

    def __init__(self):
        self.level = 0
        self.stuck = 0
        self._run = [0, 0]
        self._broken = [0, 0]
        self._first = self._seen = self._since = 0
        self._blind = False

    def step(self, broken: int, now: int) -> list:
        """What this millisecond brings: a list of (kind, tally, duration in ms).

        `tally` is IN, OUT, BACK or LOITER for the total that one more goes to, else 0. Call it once
        for each millisecond; `now` wraps at 2^32.
        """
        before = self.level
        if broken == before == 0 and not self._run[0] and not self._run[1]:
            return []
        self._debounce(broken)
        notes = []
        if self.level != before:
            self._follow(before, now, notes)
        if self.level | before:
            self._watch(before, now, notes)
        return notes

    def _debounce(self, broken: int) -> None:
        level = self.level
        for i in (0, 1):
            bit = 1 << i
            if not (broken ^ level) & bit:
                self._run[i] = 0
                continue
            self._run[i] += 1
            if self._run[i] >= DEBOUNCE_MS:
                self._run[i] = 0
                self.level ^= bit

    def _begin(self, first: int, now: int) -> None:
        self._first, self._seen, self._since = first, self.level, now

    def _follow(self, before: int, now: int, notes: list) -> None:
        level, first = self.level, self._first
        if self._blind:
            self._blind = level != 0
        elif before == 0:
            self._begin(level, now)
        elif level == 0:
            self._judge(before, False, now, notes)  # noqa: FBT003
        elif self._seen == BOTH != first and before == BOTH ^ first and level & first:
            self._judge(before, True, now, notes)  # noqa: FBT003
            self._begin(first, now)
        else:
            self._seen |= level

    def _judge(self, last: int, tailgate: bool, now: int, notes: list) -> None:  # noqa: FBT001
        took = (now - self._since) & MASK
        if self._seen != BOTH:
            return
        if took > LOITER_MS:
            notes.append((LOITER, LOITER, took))
        elif self._first == BOTH or last == BOTH:
            notes.append((UNKNOWN, 0, took))
        elif self._first == last:
            notes.append((BACK, BACK, took))
        else:
            way = IN if self._first == BEAM_A else OUT
            notes.append((TAILGATE if tailgate else way, way, took))

    def _watch(self, before: int, now: int, notes: list) -> None:
        for i in (0, 1):
            bit = 1 << i
            broken_for = (now - self._broken[i]) & MASK
            if not self.level & bit:
                if self.stuck & bit:
                    notes.append((FREE, 0, broken_for))
                    self.stuck ^= bit
            elif not before & bit:
                self._broken[i] = now
            elif not self.stuck & bit and broken_for >= STUCK_MS:
                notes.append((STUCK, 0, broken_for))
                self.stuck |= bit
                self._blind = True
