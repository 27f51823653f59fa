"""What is really so: the lines of a truth file.

NDJSON in time order; every line has `kind` and, but for the first, `t` (seconds UTC). A line holds
until the next one about the same thing. `docs/TRUTH.md` has the page for readers.

| kind | fields |
|---|---|
| `truth` | first line: `version`, `store`, `seed`, `from`, `to`, `zones` {id: kind} |
| `stock` | `gtin`, `on_hand`, `zones` {id: count}, `floor` |
| `item` | `epc` (URN), `zone` or null, `event` (see the page) |
| `sale`, `return` | `id`, `epcs` (URN) |
| `door` | `door`, `in`, `out`, `staff_in`, `staff_out`: persons since `from`; each minute |
| `occupancy` | `occupancy` visitors and `staff` inside |
| `fault` | `device`, `antenna` or null, `fault`: deaf, offline, online, reboot |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

VERSION = 1

TruthLine: TypeAlias = dict[str, object]


class TruthLog:
    """Collects truth lines until they are taken."""

    def __init__(self) -> None:
        self._lines: list[TruthLine] = []

    def take(self) -> list[TruthLine]:
        """The lines since the last call."""
        lines, self._lines = self._lines, []
        return lines

    def stock(
        self, t: float, gtin: str, on_hand: int, zones: Mapping[str, int], floor: int
    ) -> None:
        """The true counts of a GTIN from `t` on."""
        self._lines.append(
            {"t": t, "kind": "stock", "gtin": gtin, "on_hand": on_hand, "zones": dict(zones),
             "floor": floor}
        )  # fmt: skip

    def item(self, t: float, epc: str, zone: str | None, event: str) -> None:
        """A unit was put down in `zone`, or is in nobody's zone any more."""
        self._lines.append({"t": t, "kind": "item", "epc": epc, "zone": zone, "event": event})

    def receipt(self, t: float, kind: str, receipt: str, epcs: Iterable[str]) -> None:
        """Which units a `sale` or `return` was about."""
        self._lines.append({"t": t, "kind": kind, "id": receipt, "epcs": list(epcs)})

    def door(self, t: float, door: str, entries: int, exits: int, staff: tuple[int, int]) -> None:
        """How many persons really passed, and how many of them were staff."""
        self._lines.append(
            {"t": t, "kind": "door", "door": door, "in": entries, "out": exits,
             "staff_in": staff[0], "staff_out": staff[1]}
        )  # fmt: skip

    def occupancy(self, t: float, visitors: int, staff: int) -> None:
        """Who is inside."""
        self._lines.append({"t": t, "kind": "occupancy", "occupancy": visitors, "staff": staff})

    def fault(self, t: float, device: str, fault: str, antenna: int | None = None) -> None:
        """What broke, whether anybody says so or not."""
        self._lines.append(
            {"t": t, "kind": "fault", "device": device, "antenna": antenna, "fault": fault}
        )
