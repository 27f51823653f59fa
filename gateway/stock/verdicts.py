"""What a walk says of each antenna, and what the engine learns from it. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gateway.requests import AntennaHeard, AntennaVerdict
from gateway.stock.learned import ZoneFigures
from gateway.stock.places import Places
from gateway.stock.spread import RateSpread

ROUNDS_LEAST = 3
"""Fewer rounds say nothing: tags miss one by chance."""
WEAK_SHARE, WEAK_RATE = 0.5, 0.15
"""An antenna that hears fewer of its zone's tags, or these less often a round, is weak."""
BETTER, BETTER_BY = 1.5, 0.05
"""Another zone is heard better when its rate is that many times the own one's, and by so much."""
MOST_TAGS = 20.0
"""A walk's tags weigh at most as much as so many of the store's own."""

Measured = Mapping[int, tuple[NDArray[np.float32], NDArray[np.int32]]]


def antennas_heard(places: Places, measured: Measured, laid: int) -> tuple[AntennaHeard, ...]:
    """Every antenna, in the order of `places.antennas`. `measured` as `Walk.measured` has it."""
    rates = {zone: _rates(*each) for zone, each in measured.items()}
    return tuple(
        _judge(places, number, measured, rates, laid) for number in range(len(places.antennas))
    )


def figures(places: Places, measured: Measured, spread: RateSpread) -> dict[int, ZoneFigures]:
    """What to learn, by zone.

    An antenna that is deaf in its own zone teaches nothing of it: somebody will mend its cable.
    """
    found = {}
    verdicts = [one.verdict for one in antennas_heard(places, measured, 0)]
    deaf = np.array([verdict is AntennaVerdict.DEAF for verdict in verdicts], np.bool_)
    for zone, (reads, rounds) in measured.items():
        tells = (rounds >= ROUNDS_LEAST) & ~deaf
        if not len(reads) or not tells.any():
            continue
        weight = min(float(len(reads)), MOST_TAGS)
        exposure = np.tile(np.where(tells, rounds, 0).astype(np.float32), (len(reads), 1))
        told = spread.measure(zone, reads * tells, exposure) * (weight / len(reads))
        mean = np.where(tells, _rates(reads, rounds), np.nan)
        found[zone] = ZoneFigures(weight, weight, mean, told * tells[:, None])
    return found


def _judge(
    places: Places,
    antenna: int,
    measured: Measured,
    rates: Mapping[int, NDArray[np.float64]],
    laid: int,
) -> AntennaHeard:
    reader, number = places.antennas[antenna]
    own = int(places.zone_of[antenna])
    name = places.zones[own]
    if own not in measured:
        return AntennaHeard(reader, number, name, AntennaVerdict.WAITING)
    reads, rounds = measured[own][0][:, antenna], int(measured[own][1][antenna])
    if rounds == 0:
        return AntennaHeard(reader, number, name, AntennaVerdict.SILENT, laid=laid)
    rate, heard = float(rates[own][antenna]), int(np.count_nonzero(reads))
    others = [zone for zone in rates if zone != own and measured[zone][1][antenna] >= ROUNDS_LEAST]
    best = max(others, key=lambda zone: float(rates[zone][antenna]), default=own)
    better = float(rates[best][antenna]) > max(BETTER * rate, rate + BETTER_BY)
    if rounds < ROUNDS_LEAST:
        verdict = AntennaVerdict.UNSURE
    elif better:
        verdict = AntennaVerdict.ELSEWHERE
    elif heard == 0:
        verdict = AntennaVerdict.DEAF
    elif heard < WEAK_SHARE * laid or rate < WEAK_RATE:
        verdict = AntennaVerdict.WEAK
    else:
        verdict = AntennaVerdict.GOOD
    hears = places.zones[best] if verdict is AntennaVerdict.ELSEWHERE else None
    return AntennaHeard(reader, number, name, verdict, rounds, heard, laid, rate, hears)


def _rates(reads: NDArray[np.float32], rounds: NDArray[np.int32]) -> NDArray[np.float64]:
    """Mean reads a round by antenna; 0 where there were none."""
    if not len(reads):
        return np.zeros(len(rounds))
    each = np.asarray(reads.mean(axis=0), np.float64)
    return np.asarray(np.minimum(each / np.maximum(rounds, 1), 1.0))
