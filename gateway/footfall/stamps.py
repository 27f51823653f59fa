"""Times that were stamped before the clock was stepped."""

from __future__ import annotations


def stamped(t: float, seconds: float, now: float) -> float:
    """What a recent time `t` is by a clock that was stepped by `seconds` and now says `now`.

    Some times are ours and moved with the clock, some are of devices with clocks of their own that
    did not: what was lately is nearer to now by the right one of the two. Nothing was later.
    """
    return min(now, min((t, t + seconds), key=lambda moment: abs(now - moment)))
