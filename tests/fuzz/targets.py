"""All targets by name, and which room each stands in."""

from __future__ import annotations

from tests.fuzz.air import AIR
from tests.fuzz.desk import DESK
from tests.fuzz.floor import FLOOR
from tests.fuzz.radio import RADIO
from tests.fuzz.target import Target

ROOMS: dict[str, tuple[Target, ...]] = {"radio": RADIO, "air": AIR, "floor": FLOOR, "desk": DESK}
TARGETS = {target.name: target for targets in ROOMS.values() for target in targets}
ROOM_OF = {target.name: room for room, targets in ROOMS.items() for target in targets}
