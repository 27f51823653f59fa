"""What the uplink is told about HQ's broker, and how patient and how fast it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}
ENCRYPTED = {"mqtts", "wss"}
WEBSOCKET_PATH = "/mqtt"
"""Where brokers expect it when the address says nothing."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the broker listens. `path` is that of web sockets, None over TCP itself."""

    host: str
    port: int
    tls: bool
    path: str | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def address_of(url: str) -> Address:
    """The address in `mqtt://host[:port]`, `mqtts://…`, `ws://host[:port][/path]` or `wss://…`.

    Raises:
        ValueError: it is none; the message says what would be right.
    """
    split = urlsplit(url)
    if split.scheme not in PORTS:
        raise ValueError(f"{url!r} is no broker's address: write mqtt://host or mqtts://host")
    if not split.hostname:
        raise ValueError(f"{url!r} names no host")
    if split.username or split.password:
        raise ValueError("user and password do not belong in the address: use username, password")
    path = (split.path or WEBSOCKET_PATH) if split.scheme.startswith("ws") else None
    port = split.port or PORTS[split.scheme]
    return Address(split.hostname, port, split.scheme in ENCRYPTED, path)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast and how patient: seconds unless the name says rows.

    Attributes:
        spread: after a reconnect the drain begins at random within this time, so that a thousand
            stores that come back together do not all speak at once.
        rows_a_second: bound of the drain.
        window_rows: published and not yet confirmed by the broker.
        ahead_rows: published and not yet acked by HQ; more would only fill the broker's queue.
        patience: without an ack for this long, publish again from the first row not acked.
        patience_most: the patience doubles up to this while HQ stays silent.
        retry_least, retry_first, retry_most: waits between attempts to connect are random between
            `retry_least` and a bound that doubles from `retry_first` up to `retry_most`.
        steady: a connection that lasted this long begins the bound anew.
        digest: between two digests.
        goodbye: for saying offline at a clean stop.
    """

    spread: float = 30.0
    rows_a_second: float = 100.0
    window_rows: int = 20
    ahead_rows: int = 500
    patience: float = 60.0
    patience_most: float = 600.0
    retry_least: float = 0.25
    retry_first: float = 1.0
    retry_most: float = 60.0
    steady: float = 60.0
    digest: float = 900.0
    goodbye: float = 2.0


@dataclass(frozen=True, slots=True)
class UplinkSettings:
    """`[uplink]` of the config, with the store's id.

    Attributes:
        password: the secret itself (from the environment); `password_file` is read at each
            connection instead when it is given, so that a secret may be changed while running.
        ack: who frees the outbox: HQ's own ack, or the broker's PUBACK.
        events: EPCIS events go up.
        timezone: the store's, so that the nightly snapshot goes up in its night.
    """

    store: str
    url: str
    username: str = ""
    password: str = field(default="", repr=False)
    password_file: Path | None = None
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    shards: int = 1
    ack: Literal["hq", "broker"] = "hq"
    events: bool = False
    timezone: str = "UTC"
    pace: Pace = field(default_factory=Pace)
