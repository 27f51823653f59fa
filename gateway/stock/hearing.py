"""Which antennas can hear, and how much their silence is worth.

Each antenna is clear, blocked (a body, a trolley: seconds to minutes) or deaf (a loose cable: until
someone comes), judged by the collective silence of tags that used to answer. A clear round counts
as one unit of exposure, a blocked one as little, so doubt about tags grows only while their antenna
could have heard them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WINDOW_DECAY = 0.97
"""A second of memory in the window of recent reads: about 33 s."""
CLEAR, BLOCKED, DEAF = 0, 1, 2
_SHARE = np.array([1.0, 0.25, 0.0])
"""Share of the expected reads that arrives in each state."""
_STEP = np.array([[0.9966, 0.0033, 0.0001], [0.05, 0.94, 0.01], [0.005, 0.005, 0.99]])
_WORTH = 0.5
"""Tags before one antenna do not miss independently, so their joint silence is worth less."""
_STRAY = 0.05
"""Reads a round that nobody expects: of tags on their way. None for hours does not make an antenna
deaf before which nothing lies."""
_DEAF_FOR_SURE = 0.8
_MOST = 6.0
"""Most that one epoch may say (nats)."""


class Hearing:
    """State of each antenna.

    Attributes:
        clock: rounds so far in which it was not deaf, float64[antennas].
        window: the same of the last seconds, decayed like the tags' recent reads.
        span: seconds that the window is worth.
        heard: time when the antenna was last able to hear, -inf if never.
        online: what devices say of themselves.
    """

    def __init__(self, antennas: int) -> None:
        self.clock: NDArray[np.float64] = np.zeros(antennas)
        self.window: NDArray[np.float64] = np.zeros(antennas)
        self.span = 1e-9
        self.heard: NDArray[np.float64] = np.full(antennas, -np.inf)
        self.online: NDArray[np.bool_] = np.ones(antennas, np.bool_)
        self.rounds_sent: NDArray[np.bool_] = np.zeros(antennas, np.bool_)
        self.reading: NDArray[np.bool_] = np.zeros(antennas, np.bool_)
        self._state: NDArray[np.float64] = np.tile(np.array([0.98, 0.019, 0.001]), (antennas, 1))

    def judge(
        self,
        t: float,
        rounds: NDArray[np.float32],
        expected: NDArray[np.float64],
        got: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Clear exposure of each antenna in the epoch at `t`.

        Args:
            rounds: rounds finished.
            expected: reads a round that clear antennas would bring.
            got: distinct reads of tags that were expected.
        """
        asked = rounds > 0
        mean = np.maximum(expected * rounds, 1e-3)[:, None] * _SHARE + _STRAY
        said = np.where(asked[:, None], got[:, None] * np.log(mean) - mean, 0.0) * _WORTH
        said -= said.max(axis=1, keepdims=True)
        state = (self._state @ _STEP) * np.exp(np.maximum(said, -_MOST))
        state /= state.sum(axis=1, keepdims=True)
        self._state = np.where(asked[:, None], state, self._state)
        clear = self._state[:, CLEAR]
        exposure = np.where(clear > 0.5, rounds * clear, rounds * clear * 0.5)
        able_rounds = np.where(self._state[:, DEAF] < 0.5, rounds, 0.0)
        self.clock += able_rounds
        self.window = self.window * WINDOW_DECAY + able_rounds
        self.span = self.span * WINDOW_DECAY + 1.0
        able = asked & (self._state[:, DEAF] < 0.5)
        self.heard[able] = np.maximum(self.heard[able], t)
        return np.asarray(exposure, np.float64)

    def clear(self) -> NDArray[np.float64]:
        """P(antenna is clear)."""
        return self._state[:, CLEAR]

    def deaf(self) -> NDArray[np.bool_]:
        """Antennas that are deaf for sure: not those before which nothing lies."""
        return np.asarray(self._state[:, DEAF] > _DEAF_FOR_SURE)

    def blind(self, now: float, stale_after: float) -> NDArray[np.bool_]:
        """Antennas that have not been able to hear for longer than `stale_after`."""
        return (now - self.heard) > stale_after
