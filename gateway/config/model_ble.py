"""`[ble]` in `store.toml`: what hears, and the store's own devices that are heard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from gateway.config import values
from gateway.config.section import Duration, Gtin, Name, Optional, Section, none_if_empty

_RECEIVER = r"^[A-Za-z0-9_-]{1,32}$"

OWN_RADIOS = ("ble", "ble-dongle")
"""The names, as devices and as the `src` of adverts, of this machine's adapter and second one."""
FORWARDED = "ble-receivers"
"""The name as a device of what hears the store's other receivers."""


def _hex(size: int) -> Callable[[str], str]:
    return lambda value: values.hex_of(value, size)


class MatchSection(Section):
    """What a beacon is known by: one of `ibeacon`, `altbeacon`, `eddystone`, `eid`, `address`.

    `ibeacon` and `altbeacon` need `major` and `minor`, `eddystone` (the namespace) `instance`.
    `eid` is the exponent K of an Eddystone-EID's rotation; it needs `since`, when the beacon's
    clock was at 0, and the beacon's `key_file`.
    """

    ibeacon: Annotated[str, AfterValidator(values.uuid)] | None = None
    altbeacon: Annotated[str, AfterValidator(values.uuid)] | None = None
    major: Annotated[int, Field(ge=0, le=65_535)] | None = None
    minor: Annotated[int, Field(ge=0, le=65_535)] | None = None
    eddystone: Annotated[str, AfterValidator(_hex(10))] | None = None
    instance: Annotated[str, AfterValidator(_hex(6))] | None = None
    eid: Annotated[int, Field(ge=0, le=15)] | None = None
    since: Annotated[float, BeforeValidator(values.moment)] | None = None
    address: Annotated[str, AfterValidator(values.radio_address)] | None = None


class BeaconSection(Section):
    """`[[ble.beacon]]`: a device on the store's own list.

    Attributes:
        also: what else lies on a scale's tray.
        key_file: BTHome or EID key, hex.
        silent_after: silence that is an alert; None is ten minutes, or longer where the device is
            seen to speak seldom.
        warmest, coldest: of a fridge, °C.
        alarm_after: how long a fridge may be beyond them, or an opener open; None is as usual.
        unit_mm: of a pusher that says a distance, the depth of one unit.
        empty_mm: what it says when empty; 0 where the distance grows with the goods.
    """

    id: Name
    role: Literal["staff", "basket", "scale", "fridge", "opener", "pusher"]
    match: MatchSection
    zone: Optional = None
    gtin: Annotated[Gtin | None, BeforeValidator(none_if_empty)] = None
    also: tuple[Gtin, ...] = ()
    key_file: Optional = None
    silent_after: Duration | None = None
    warmest: Annotated[float, Field(ge=-60, le=60)] | None = None
    coldest: Annotated[float, Field(ge=-60, le=60)] | None = None
    alarm_after: Duration | None = None
    unit_mm: Annotated[float, Field(gt=0, le=1000)] | None = None
    empty_mm: Annotated[float, Field(ge=0, le=5000)] = 0.0


class ReceiverSection(Section):
    """`[[ble.receiver]]`: where a receiver is.

    Attributes:
        id: `ble` for this machine's own adapter, `ble-dongle` for its second one, else the name
            under which a receiver publishes.
        zone: what it hears loudest is there.
        door: it hangs at that door: badges that it hears pass there, and nowhere else.
    """

    id: Annotated[str, Field(pattern=_RECEIVER)]
    zone: Optional = None
    door: Optional = None

    @property
    def src(self) -> str:
        """The `src` of its adverts."""
        return self.id if self.id in OWN_RADIOS else f"{FORWARDED}/{self.id}"


class BleSection(Section):
    """`[ble]`: the Bluetooth scanner and the store's own devices.

    Attributes:
        enabled: whether this machine's own adapter listens.
        dongle: a second adapter that is ours alone, by bumble's name (`usb:0`); None without one.
        receivers: whether other receivers forward what they hear, on the till's broker.
    """

    enabled: bool = True
    receivers: bool = False
    adapter: Annotated[str, Field(pattern=r"^[A-Za-z0-9:_.-]{1,32}$")] = "hci0"
    dongle: Optional = None
    receiver: tuple[ReceiverSection, ...] = ()
    beacon: tuple[BeaconSection, ...] = ()
