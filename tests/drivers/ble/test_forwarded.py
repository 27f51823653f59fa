"""Adverts that other receivers forward."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest

from drivers.ble.forwarded import (
    AGE_MOST,
    RECEIVERS_MOST,
    ForwardWrong,
    read_forwarded,
    receiver_in,
    topic_of,
)
from drivers.ble.identity import ByAddress, ByIBeacon
from drivers.ble.receivers import BleReceivers
from drivers.ble.roster import ListedBeacon, Role, Roster
from drivers.mqtt_link import Broker, Incoming, MqttLink
from drivers.observations import Advert, Device, DeviceState, Observation, Weight
from tests.drivers.hand_clock import HandClock

SCALE = "C4:7C:8D:6A:11:02"
WEIGHS = "0716d2fc4006b800"
BADGE = "1aff4c000215f7826da64fa24e988024bc5b71e0893e00010007c5"
UUID = "f7826da6-4fa2-4e98-8024-bc5b71e0893e"
BROKER = Broker("127.0.0.1", 1883)


def body(*rows: object) -> bytes:
    return json.dumps({"adverts": rows}).encode()


def roster() -> Roster:
    return Roster(
        [
            ListedBeacon("scale-3", Role.SCALE, ByAddress(SCALE)),
            ListedBeacon("badge-7", Role.STAFF, ByIBeacon(UUID, 1, 7)),
        ]
    )


def test_an_advert_as_it_is_forwarded() -> None:
    (advert,), bad = read_forwarded(body({"addr": SCALE, "rssi": -71, "data": WEIGHS, "age": 0.5}))
    assert (advert.addr, advert.rssi, advert.age, bad) == (SCALE, -71.0, 0.5, 0)
    assert advert.payload.service == {"fcd2": bytes.fromhex("4006b800")}


@pytest.mark.parametrize(
    "change",
    [
        {"addr": "C4:7C"},
        {"addr": 7},
        {"rssi": 127},
        {"rssi": True},
        {"rssi": None},
        {"data": "xyz"},
        {"data": "07ff"},
        {"data": "00" * 2_000},
        {"data": None},
        {"age": -1},
        {"age": AGE_MOST + 1},
        {"age": "now"},
    ],
)
def test_one_bad_advert_costs_no_other(change: dict[str, object]) -> None:
    good = {"addr": SCALE, "rssi": -71, "data": WEIGHS}
    adverts, bad = read_forwarded(body(good, good | change, good, "x"))
    assert (len(adverts), bad) == (2, 2)


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b'{"adverts": {}}', b"\xff", b'{"adverts": NaN}']
)
def test_what_is_no_message(text: bytes) -> None:
    with pytest.raises(ForwardWrong):
        read_forwarded(text)


def test_a_topic_names_its_receiver() -> None:
    assert topic_of("PAR-01") == "shelfcast/ble/PAR-01/+"
    assert receiver_in("shelfcast/ble/PAR-01/door") == "door"
    assert receiver_in("shelfcast/ble/PAR-01/<b>") is None


def test_the_packet_of_a_scale_counts_once_however_many_hear_it() -> None:
    source, heard = BleReceivers("r", "S", BROKER, roster()), list[Observation]()
    packet = "0916d2fc40001106b800"  # with a packet id
    for receiver in ("door", "back"):
        message = body({"addr": SCALE, "rssi": -71, "data": packet, "age": 2})
        source.take(Incoming(f"shelfcast/ble/S/{receiver}", message, 1, 0), heard.append, 100.0)
    assert [one.src for one in heard if isinstance(one, Advert)] == ["r/door", "r/back"]
    (weight,) = (one for one in heard if isinstance(one, Weight))
    assert (weight.src, weight.t, weight.at, weight.grams) == ("scale-3", 98.0, 100.0, 1_840.0)
    assert source.facts["receiver door"] == "1 adverts"


def test_a_stranger_goes_no_further_and_what_is_wrong_is_counted() -> None:
    listed, heard = roster(), list[Observation]()
    source = BleReceivers("r", "S", BROKER, listed)
    stranger = body({"addr": "00:11:22:33:44:55", "rssi": -60, "data": "0303d2fc"}, 7)
    for topic, payload in (
        ("shelfcast/ble/S/door", stranger),
        ("shelfcast/ble/S/door", b"no"),
        ("shelfcast/ble/S/a b", stranger),
    ):
        source.take(Incoming(topic, payload, 1, 0), heard.append, 100.0)
    assert heard == []
    assert listed.strangers == 1
    assert source.faults == {"bad_advert": 1, "bad_body": 1, "unknown_receiver": 1}
    assert "00:11" not in str(source.facts)


def test_a_receiver_of_the_config_is_heard_whatever_it_hears() -> None:
    known, heard = frozenset({"door"}), list[Observation]()
    source = BleReceivers("r", "S", BROKER, roster(), known)
    for now in (100.0, 101.0, 130.0, 161.0):
        for receiver in ("door", "guest"):
            source.take(Incoming(f"shelfcast/ble/S/{receiver}", body(), 1, 0), heard.append, now)
    assert heard == [Device("r/door", t, t, DeviceState.ONLINE, detail="") for t in (100.0, 161.0)]
    source.take(Incoming("shelfcast/ble/S/door", body(), 1, 0), heard.append, 50.0)
    assert len(heard) == 3, "a clock that was set back makes nobody mute"


def test_receivers_are_not_invented_without_end() -> None:
    source = BleReceivers("r", "S", BROKER, roster())
    for number in range(RECEIVERS_MOST + 5):
        message = Incoming(f"shelfcast/ble/S/r{number}", body(), 1, 0)
        source.take(message, lambda _heard: None, 100.0)
    assert source.faults == {"unknown_receiver": 5}


class Link(MqttLink):
    """Gives out one message and then waits."""

    def __init__(self, message: Incoming) -> None:
        self.message = message
        self.acknowledged: list[int] = []
        self.topics: tuple[str, ...] = ()

    async def messages(self) -> AsyncIterator[Incoming]:
        yield self.message
        await asyncio.Event().wait()

    def acknowledge(self, message: Incoming) -> None:
        self.acknowledged.append(message.number)

    async def subscribe(self, topics: tuple[str, ...]) -> None:
        self.topics = topics


async def test_the_source_hears_its_stores_receivers() -> None:
    message = body({"addr": "5A:00:00:00:00:01", "rssi": -60, "data": BADGE})
    link, heard = Link(Incoming("shelfcast/ble/S/door", message, 9, 1)), list[Observation]()

    @contextlib.asynccontextmanager
    async def open_link(_broker: Broker, client: str) -> AsyncIterator[MqttLink]:
        assert client == "shelfcast-ble-S"
        yield link

    source = BleReceivers("ble-receivers", "S", BROKER, roster(), open_link=open_link)
    task = asyncio.create_task(source.run(heard.append, HandClock()))
    for _ in range(20):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    device, advert = heard
    assert isinstance(device, Device)
    assert isinstance(advert, Advert)
    assert (advert.beacon, advert.src) == ("badge-7", "ble-receivers/door")
    assert (link.topics, link.acknowledged) == (("shelfcast/ble/S/+",), [9])
