"""A small network that learns the chance of something from examples: two hidden layers, Adam.

Source: Kingma and Ba, Adam: a method for stochastic optimization (2015), algorithm 1.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

WIDTHS = (48, 48, 1)
STEPS, BATCH = 3000, 2048
RATE, KEEP, KEEP_SQUARE = 2e-3, 0.9, 0.999
"""Step, and what is kept of the means of slopes and of their squares."""

Floats = NDArray[np.float32]


class Judge:
    """Learns when it is made.

    Args:
        seen: what is seen, [examples, figures]. so: what was true, bool[examples].
        worth: how many examples each stands for. seed: of its beginning. steps: to learn in.
    """

    def __init__(
        self,
        seen: Floats,
        so: NDArray[np.bool_],
        worth: NDArray[np.float64],
        seed: int,
        steps: int = STEPS,
    ) -> None:
        self._mean, self._spread = seen.mean(axis=0), seen.std(axis=0) + np.float32(1e-6)
        random = np.random.default_rng(seed)
        widths = [seen.shape[1], *WIDTHS]
        self._layers = [
            (random.normal(0, (2 / a) ** 0.5, (a, b)).astype(np.float32), np.zeros(b, np.float32))
            for a, b in pairwise(widths)
        ]
        self._slope, self._square = (
            [np.zeros_like(array) for layer in self._layers for array in layer] for _ in range(2)
        )
        seen, share = self._scaled(seen), (worth / worth.mean()).astype(np.float32)
        for step, rate in enumerate(np.linspace(RATE, 0.0, steps, endpoint=False), 1):
            some = random.integers(0, len(so), BATCH)
            self._learn(self._slopes(seen[some], so[some], share[some]), step, float(rate))

    def chance(self, seen: Floats) -> Floats:
        """P(so) of each example."""
        return np.concatenate([
            1 / (1 + np.exp(-self._through(self._scaled(some))[-1][:, 0]))
            for some in np.array_split(seen, max(1, len(seen) // 100_000))
        ])  # fmt: skip

    def _scaled(self, seen: Floats) -> Floats:
        return (seen - self._mean) / self._spread

    def _through(self, seen: Floats) -> list[Floats]:
        """What each layer gives, the input first; the last is not bent."""
        given = [seen]
        for place, (weights, base) in enumerate(self._layers, 1):
            out = given[-1] @ weights + base
            given.append(out if place == len(self._layers) else np.maximum(out, 0))
        return given

    def _learn(self, slopes: list[Floats], step: int, rate: float) -> None:
        flat = [array for layer in self._layers for array in layer]
        for array, slope, mean, square in zip(flat, slopes, self._slope, self._square, strict=True):
            mean += (1 - KEEP) * (slope - mean)
            square += (1 - KEEP_SQUARE) * (slope * slope - square)
            even = np.sqrt(square / (1 - KEEP_SQUARE**step)) + 1e-8
            array -= rate * mean / (1 - KEEP**step) / even

    def _slopes(self, seen: Floats, so: NDArray[np.bool_], worth: Floats) -> list[Floats]:
        """Of the mean log-loss, by each layer's weights and base."""
        given = self._through(seen)
        chance = 1 / (1 + np.exp(-given[-1]))
        back = (chance - so[:, None]) * worth[:, None] / np.float32(len(so))
        slopes: list[Floats] = []
        for place in range(len(self._layers) - 1, -1, -1):
            slopes = [given[place].T @ back, back.sum(axis=0), *slopes]
            if place:
                back = (back @ self._layers[place][0].T) * (given[place] > 0)
        return slopes
