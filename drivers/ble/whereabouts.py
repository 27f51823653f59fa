"""In which zone the store's baskets are: `department` applied to whatever the receivers hear.

Pure and deterministic, as the roster that drives it. Never asked about a badge: that would tell
where a member of staff spends the day.
"""

from __future__ import annotations

from collections.abc import Mapping

from drivers.ble.department import DepartmentRules, Departments
from drivers.observations import Sighting

AGAIN_SECONDS = 10.0
"""A basket that stays where it is and is heard is said again so often."""


class Whereabouts:
    """Tells `Sighting`s from adverts.

    Args:
        zones: zone by receiver (the `src` of its adverts).
        roles: role by id, of the beacons that move about.
    """

    def __init__(self, zones: Mapping[str, str], roles: Mapping[str, str]) -> None:
        self._roles = roles
        self._departments = Departments(DepartmentRules(zones), frozenset(roles))
        self._said: dict[str, Sighting] = {}

    def hear(self, beacon: str, src: str, rssi: float, t: float, at: float) -> Sighting | None:
        """What there is to say after an advert of `beacon` at `src`."""
        role = self._roles.get(beacon)
        if role is None:
            return None
        self._departments.hear(beacon, src, rssi, t)
        zone = self._departments.where(beacon, t)
        before = self._said.get(beacon)
        if zone == (None if before is None else before.zone) and (
            zone is None or before is None or t - before.t < AGAIN_SECONDS
        ):
            return None
        said = self._said[beacon] = Sighting(src, t, at, beacon, role, zone)
        return said
