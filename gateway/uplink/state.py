"""How the uplink is doing: counters and the few words that the page shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.desk import Sample
from gateway.uplink.outbox import Backlog
from gateway.uplink.refusals import Refusals


@dataclass(frozen=True, slots=True)
class UplinkState:
    """The uplink in a few words, for the page. Times are wall time, None when never.

    Attributes:
        since: when it came to be connected, or not.
        last_ack: when a row last left the outbox.
        ack: who frees the outbox, `hq` or `broker`.
        trouble: why there is no connection, one plain line; empty while there is one.
        version: of MQTT, 5 or 4 (3.1.1).
        refused: what the broker does not take, by the last part of its topic, each one plain line.
    """

    connected: bool
    since: float | None
    last_ack: float | None
    backlog: Backlog
    ack: str
    trouble: str
    version: int
    refused: Mapping[str, str]


@dataclass(slots=True)
class Tally:
    """What is counted and remembered of all connections so far.

    Attributes:
        published: rows confirmed by the broker, repeats included.
        acked: rows that left the outbox.
        events: EPCIS events confirmed by the broker.
        connects: connections that came to be.
        faults: troubles by reason, only ever growing.
        highest: the greatest (boot, seq) that was ever handed to the wire.
        refused: what the broker does not take.
    """

    published: int = 0
    acked: int = 0
    events: int = 0
    connects: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    connected: bool = False
    since: float | None = None
    last_ack: float | None = None
    trouble: str = "not tried yet"
    highest: tuple[int, int] = (0, 0)
    refused: Refusals = field(default_factory=Refusals)

    def samples(self, backlog: Backlog) -> list[Sample]:
        """Counters and gauges for `/metrics`."""
        numbers = (
            ("uplink_published_total", "counter", "Feed rows the broker confirmed", self.published),
            ("uplink_acked_total", "counter", "Feed rows that left the outbox", self.acked),
            ("uplink_events_total", "counter", "EPCIS events the broker confirmed", self.events),
            ("uplink_connects_total", "counter", "Connections to HQ's broker", self.connects),
            ("uplink_connected", "gauge", "1 while connected to HQ's broker", self.connected),
            ("outbox_rows", "gauge", "Feed rows that wait for HQ's ack", backlog.rows),
            ("outbox_bytes", "gauge", "Bytes that wait for HQ's ack", backlog.bytes),
        )
        troubles = "Troubles of the uplink by reason"
        refusals = "1 for what HQ's broker refuses"
        return [
            *(Sample(name, kind, text, float(value)) for name, kind, text, value in numbers),
            *(
                Sample("uplink_faults_total", "counter", troubles, count, (("reason", reason),))
                for reason, count in sorted(self.faults.items())
            ),
            *(
                Sample("uplink_refused", "gauge", refusals, 1, (("topic", topic),))
                for topic in self.refused.lines()
            ),
        ]
