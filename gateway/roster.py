"""From the config's beacons to the roster: the store's own radio devices."""

from __future__ import annotations

from collections.abc import Iterable

from drivers.ble.pushing import Slide
from drivers.ble.receivers import BleReceivers
from drivers.ble.roster import (
    ByAddress,
    ByAltBeacon,
    ByEddystone,
    ByEid,
    ByIBeacon,
    ListedBeacon,
    Match,
    Role,
    Roster,
)
from drivers.ble.scanner import BleSource
from drivers.source import Source
from gateway.config.faults import ConfigError, Fault, WrongValue
from gateway.config.key_files import read_key
from gateway.config.load import Store
from gateway.config.model_ble import FORWARDED, OWN_RADIOS, BeaconSection, MatchSection
from gateway.till import broker_of


def roster_of(store: Store) -> Roster:
    """The store's own radio devices. Raises `ConfigError` for a key file that is no key."""
    ble = store.config.ble
    return Roster(
        [listed for one in ble.beacon if (listed := _listed(store, one)) is not None],
        {one.src: one.zone for one in ble.receiver if one.zone is not None},
    )


def receivers_of(store: Store, sources: Iterable[Source]) -> list[Source]:
    """The store's other receivers, with the scanner's own roster; none where there are none.

    Not among `devices.sources_of`: the broker knows one session a store, and a recorder beside the
    gateway would take it away.
    """
    if not store.config.ble.receivers:
        return []
    scanners = (one.roster for one in sources if isinstance(one, BleSource))
    roster = next(scanners, None) or roster_of(store)
    known = frozenset(one.id for one in store.config.ble.receiver if one.id not in OWN_RADIOS)
    return [BleReceivers(FORWARDED, store.config.store.id, broker_of(store), roster, known)]


def _listed(store: Store, beacon: BeaconSection) -> ListedBeacon | None:
    key = _key(store, beacon)
    match = _match(beacon.match, key)
    if match is None:
        return None
    # An EID's key is no key of BTHome: one would read the other's frames as forged.
    own = None if isinstance(match, ByEid) else key
    slide = None if beacon.unit_mm is None else Slide(beacon.unit_mm, beacon.empty_mm)
    return ListedBeacon(beacon.id, Role(beacon.role), match, beacon.zone, beacon.gtin, own, slide)


def _match(match: MatchSection, key: bytes | None) -> Match | None:
    if match.ibeacon is not None:
        return ByIBeacon(match.ibeacon, match.major, match.minor)
    if match.altbeacon is not None:
        return ByAltBeacon(match.altbeacon, match.major, match.minor)
    if match.eddystone is not None:
        return ByEddystone(match.eddystone, match.instance)
    if match.eid is not None and match.since is not None and key is not None:
        return ByEid(key, match.eid, match.since)
    if match.address is not None:
        return ByAddress(match.address)
    return None


def _key(store: Store, beacon: BeaconSection) -> bytes | None:
    if beacon.key_file is None:
        return None
    path = store.path(beacon.key_file)
    try:
        return read_key(path)
    except WrongValue as error:
        key = f"ble.beacon[{beacon.id}].key_file"
        raise ConfigError([Fault(path.name, 0, key, error.wrong, error.right)]) from error
