"""Which step comes next when an adapter hears nothing, and how long to leave it alone after all.

A new scan; then the adapter switched off and on; then the adapter looked for under another name;
then it is given up until later, each time for longer. Pure.
"""

from __future__ import annotations

from drivers.ble.scan import Step

FIRST_REST_SECONDS = 60.0
LONGEST_REST_SECONDS = 1_800.0
"""A dead adapter is not switched off and on all night; a new one is noticed in half an hour."""


class Ladder:
    """One adapter's ladder.

    Attributes:
        tried: the steps that were taken since it was last heard.
    """

    def __init__(self, highest: Step) -> None:
        self.tried: list[Step] = []
        self._highest = highest
        self._falls = 0

    def well(self) -> None:
        """Something was heard: the next fault begins at the foot."""
        self.tried.clear()
        self._falls = 0

    def step(self, cure: Step | None) -> Step | None:
        """The next step, `cure` at least; None when there is none left, or none helps."""
        if cure is None:
            return None
        last = self.tried[-1] if self.tried else 0
        wanted = max(int(cure), last + 1)
        if wanted > self._highest:
            return None
        self.tried.append(Step(wanted))
        return self.tried[-1]

    def rest(self) -> float:
        """It is given up: seconds until it may be tried from the foot again.

        Only switching it off and on is worth a rest: looking whether it is back disturbs nobody.
        """
        disturbed = Step.POWER in self.tried
        self.tried.clear()
        if not disturbed:
            return 0.0
        self._falls += 1
        longest: float = FIRST_REST_SECONDS * 2 ** min(self._falls - 1, 10)
        return min(LONGEST_REST_SECONDS, longest)
