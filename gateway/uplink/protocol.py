"""What MQTT 5 adds to a message of the feed where the broker speaks it; MQTT 3.1.1 has none of it.

Source: MQTT 5.0 (OASIS), sections 3.1.2.11 (CONNECT), 3.2.2.2 (reasons), 3.3.2.3 (PUBLISH).
"""

from __future__ import annotations

from enum import IntEnum

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from gateway.uplink.commands import LARGEST_COMMAND
from gateway.uplink.topics import Part


class Version(IntEnum):
    """The version of MQTT, by the number that stands in a CONNECT."""

    V311 = 4
    V5 = 5


LARGEST_PACKET = LARGEST_COMMAND + 4096
"""Larger ones the broker keeps to itself: no command is so large."""

EXPIRY_SECONDS = {
    Part.DIGEST: 900,
    Part.ANSWER: 300,
    Part.SNAPSHOT: 3_600,
    Part.ALERT: 86_400,
}
"""After so long a broker need not deliver what HQ did not fetch: there is a newer digest, HQ has
asked again. What is in the outbox never expires, nor does a birth."""

JSON_TYPE = "application/json"

NOT_SPOKEN = frozenset(range(128, 133))
"""Refusals of a CONNECT that a broker may give to MQTT 5 and not to 3.1.1: unspecified, malformed,
protocol error, own rules, unsupported version."""

FAILED = 0x80
"""Codes from here on are refusals."""

REASONS = {
    132: "does not speak this version of MQTT",
    133: "refuses the client id",
    134: "refuses the user name or password",
    135: "refuses the user name or password (not authorised)",
    136: "is not available now",
    137: "is busy",
    138: "has banned this store",
    139: "is shutting down",
    142: "gave the connection to another client of the same id: a second gateway?",
    151: "says that a quota is exceeded",
    154: "keeps no messages (retain is not available)",
    155: "does not offer QoS 1",
    159: "is asked too often",
}
"""Refusals and disconnections, in words that follow the broker's address. Those of MQTT 3.1.1
(section 3.2.2.3) come under the MQTT 5 numbers that paho gives them."""


def connect_properties() -> Properties:
    """No session outlives the connection, as with a clean session before; commands are bounded."""
    made = _empty(PacketTypes.CONNECT)
    made.SessionExpiryInterval = 0
    made.MaximumPacketSize = LARGEST_PACKET
    return made


def will_properties() -> Properties:
    """Of the will: what it is. It is not delayed: HQ hears at once that a store is gone."""
    made = _empty(PacketTypes.WILLMESSAGE)
    made.PayloadFormatIndicator = 1
    made.ContentType = JSON_TYPE
    return made


def publish_properties(topic: str) -> Properties:
    """Of a message by the last part of its topic: UTF-8, its media type, how long it is worth."""
    part = topic.rpartition("/")[2]
    made = _empty(PacketTypes.PUBLISH)
    made.PayloadFormatIndicator = 1
    made.ContentType = media_type(part)
    if part in EXPIRY_SECONDS:
        made.MessageExpiryInterval = EXPIRY_SECONDS[Part(part)]
    return made


def _empty(packet: int) -> Properties:
    return Properties(packet)  # type: ignore[no-untyped-call]  # paho leaves it untyped


def media_type(part: str) -> str:
    """What a payload is, by the last part of its topic."""
    return "application/ld+json" if part == Part.EVENT else JSON_TYPE


def number_of(code: ReasonCode | int) -> int:
    """The number of a reason; brokers of MQTT 3.1.1 give numbers only."""
    return code if isinstance(code, int) else int(code.value)


def plain(code: ReasonCode | int) -> str:
    """A reason in a few words, `not authorized`."""
    return f"code {code}" if isinstance(code, int) else str(code).lower()
