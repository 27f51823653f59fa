"""The columns of the yardstick: what was said of each tag in each epoch against what was so."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Columns:
    """One rule on one problem.

    Attributes:
        wrong: percent of tag-epochs, of which `elsewhere` (there, but in another zone), `missed`
            (there, called away) and `ghost` (away, called there).
        count_error: mean absolute error of the number of tags in a zone.
        late_p50, late_p95: epochs from a departure until it is said; None where the tag was back
            before. One that was called away already counts as 0.
        false_departures: times that a tag which is there is called away, a 1,000 epochs in which
            one is there.
        moved, truly_moved: changes of zone, said and true.
    """

    wrong: float
    elsewhere: float
    missed: float
    ghost: float
    count_error: float
    late_p50: float | None
    late_p95: float | None
    false_departures: float
    moved: int
    truly_moved: int

    def plain(self) -> dict[str, float | int | None]:
        """For JSON."""
        return asdict(self)


def columns(truth: NDArray[np.int8], said: NDArray[np.int8], moved: int | None = None) -> Columns:
    """All columns; `moved` where the rule tells of moves itself."""
    here, told = truth >= 0, said >= 0
    p50, p95 = _latency(here, told)
    lost = told[:-1] & ~told[1:] & here[1:]
    return Columns(
        wrong=_percent(said != truth),
        elsewhere=_percent(here & told & (said != truth)),
        missed=_percent(here & ~told),
        ghost=_percent(~here & told),
        count_error=_count_error(truth, said),
        late_p50=p50,
        late_p95=p95,
        false_departures=float(1000.0 * lost.sum() / max(1, here.sum())),
        moved=_moves(said) if moved is None else moved,
        truly_moved=_moves(truth),
    )


def _percent(wrong: NDArray[np.bool_]) -> float:
    return float(100.0 * wrong.mean())


def _count_error(truth: NDArray[np.int8], said: NDArray[np.int8]) -> float:
    zones = range(int(truth.max()) + 1)
    errors = [np.abs((said == z).sum(axis=1) - (truth == z).sum(axis=1)).mean() for z in zones]
    return float(np.mean(errors))


def _latency(here: NDArray[np.bool_], told: NDArray[np.bool_]) -> tuple[float | None, float | None]:
    epochs = len(here)
    # The next epoch in which the tag is called away, and the next in which it is there again.
    silent = _next(~told)
    back = _next(here)
    gone = np.zeros_like(here)
    gone[1:] = here[:-1] & ~here[1:]
    at, tag = np.nonzero(gone)
    late = np.where(silent[at, tag] < back[at, tag], silent[at, tag] - at, NEVER)
    # What was still open at the end says nothing.
    late = late[(late != NEVER) | (back[at, tag] < epochs)]
    if not len(late):
        return None, None
    p50, p95 = np.percentile(late, [50, 95], method="inverted_cdf").tolist()
    return (None if p50 == NEVER else float(p50)), (None if p95 == NEVER else float(p95))


def _next(happens: NDArray[np.bool_]) -> NDArray[np.int64]:
    """By epoch, the first epoch from then on in which it happens; the length where never."""
    epochs = len(happens)
    when = np.where(happens, np.arange(epochs)[:, None], epochs)
    return np.asarray(np.minimum.accumulate(when[::-1], axis=0)[::-1])


def _moves(zones: NDArray[np.int8]) -> int:
    return int(((zones[1:] != zones[:-1]) & (zones[1:] >= 0) & (zones[:-1] >= 0)).sum())
