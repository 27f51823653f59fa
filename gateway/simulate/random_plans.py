"""Store plans made by chance, for tests and benchmarks."""

from __future__ import annotations

import numpy as np

from drivers.gtin import check_digit
from gateway.simulate.plan import (
    USUAL_OPENING,
    WEEKDAYS,
    AntennaPlan,
    ArticlePlan,
    BeaconPlan,
    StorePlan,
    ZonePlan,
    ibeacon,
)

BADGE = "f7826da6-4fa2-4e98-8024-bc5b71e0893e"
PORTS = 4


def random_plan(
    seed: int, shelves: int = 6, tags: int = 400, *, antennas: bool = True, doors: int = 1
) -> StorePlan:
    """A shop with `shelves` shelf zones and about `tags` units, one antenna a zone.

    Readers have four ports; the exit's antennas have a reader of their own.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    zones = [ZonePlan(f"shelf-{i + 1:02d}", "shelf") for i in range(shelves)]
    zones += [
        ZonePlan("back", "backroom"),
        ZonePlan("fitting", "fitting"),
        ZonePlan("till", "till"),
    ]
    inside = [zone.id for zone in zones]
    zones += [ZonePlan("exit", "exit")]
    wired = [
        AntennaPlan(f"reader-{i // PORTS + 1}", i % PORTS + 1, z) for i, z in enumerate(inside)
    ]
    wired += [AntennaPlan("reader-exit", i + 1, "exit") for i in range(2)]
    articles, planogram = _goods(rng, shelves, tags)
    badges = tuple(
        BeaconPlan(f"badge-{i}", "staff", manufacturer=ibeacon(BADGE, 1, i))
        for i in range(1, 3 + shelves // 8)
    )
    return StorePlan(
        id=f"SIM-{seed}",
        zones=tuple(zones),
        timezone="Europe/Paris",
        hours=dict.fromkeys(WEEKDAYS[:6], (USUAL_OPENING,)),
        antennas=tuple(wired) if antennas else (),
        doors=tuple(f"door-{i + 1}" for i in range(doors)),
        beacons=badges,
        articles=articles,
        planogram=planogram,
        scanner="ble",
    )


def gtin_of(number: int) -> str:
    """A valid 14-digit GTIN for a running number."""
    body = f"0345312{number:06d}"
    return body + str(check_digit(body))


def _goods(
    rng: np.random.Generator, shelves: int, tags: int
) -> tuple[tuple[ArticlePlan, ...], dict[tuple[str, str], int]]:
    articles: list[ArticlePlan] = []
    planogram: dict[tuple[str, str], int] = {}
    units = 0.0
    while units < tags:
        gtin = gtin_of(len(articles) + 1)
        articles.append(ArticlePlan(gtin, f"Article {len(articles) + 1}", unit_grams=250.0))
        capacity = int(rng.integers(2, 11))
        planogram[f"shelf-{int(rng.integers(shelves)) + 1:02d}", gtin] = capacity
        units += 0.9 * capacity
    return tuple(articles), planogram
