"""The shape of every payload of the feed, as models; the JSON Schemas are made of these.

Both sides ignore unknown fields; a breaking change is `v2` in the topic. `SCHEMA_VERSION` is said
at birth and grows in its second number when a field is added.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, RootModel

SCHEMA_VERSION = "1.0"

StoreId: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,32}$")]
Gtin: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{14}$", description="GTIN in 14 digits")]
Seconds: TypeAlias = Annotated[float, Field(description="seconds since the Unix epoch, UTC")]
Boot: TypeAlias = Annotated[int, Field(ge=1, strict=True, description="grows with each start")]
Seq: TypeAlias = Annotated[int, Field(ge=1, strict=True, description="no gaps within a boot")]
AsOf: TypeAlias = Annotated[int, Field(ge=0, strict=True, description="last committed seq")]
Count: TypeAlias = Annotated[int, Field(ge=0)]
CommandId: TypeAlias = Annotated[str, Field(min_length=1, max_length=128)]


class Message(BaseModel):
    """What all payloads share: names are the wire's, unknown fields are passed over."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, allow_inf_nan=False)


class Online(Message):
    """The store is there. Retained."""

    online: Literal[True]
    store: StoreId
    boot: Boot
    seq: AsOf
    gateway: str = Field(description="version of the gateway")
    schema_: str = Field(alias="schema", description="version of these shapes")
    t: Seconds
    catalogue: str = Field(pattern=r"^sha256:[0-9a-f]{64}$|^$", description="digest of the file")


class Offline(Message):
    """The store is gone: said by the broker (will) or by a clean stop. Retained."""

    online: Literal[False]
    store: StoreId
    boot: Boot


class Birth(RootModel[Online | Offline]):
    """Birth and will of a store."""


Item: TypeAlias = Annotated[
    tuple[
        Gtin,
        Annotated[int, Field(ge=0, description="on_hand")],
        Annotated[int, Field(ge=0, description="reserved")],
        Annotated[int, Field(ge=0, description="available; 0 when the state is unknown")],
        Annotated[float, Field(ge=0, le=1, description="p_available")],
        Annotated[float | None, Field(ge=0, description="age_s; null when never heard")],
    ],
    Field(description="[gtin, on_hand, reserved, available, p_available, age_s]"),
]


MergedInto: TypeAlias = Annotated[
    tuple[Boot, Seq] | None,
    Field(description="emptied in a full outbox: its facts went up in this (boot, seq)"),
]


class Changes(Message):
    """Present answers for some GTINs: absolute values, never differences."""

    store: StoreId
    boot: Boot
    seq: Seq
    t: Seconds
    items: list[Item] = Field(max_length=500)
    merged_into: MergedInto = None


class Devices(Message):
    """How the store's devices are. `silent` is every device that is not well."""

    ok: Count
    silent: Count


class Footfall(Message):
    """One minute of the store, also its heartbeat. `t` is the minute's end."""

    store: StoreId
    boot: Boot
    seq: Seq
    t: Seconds
    entries: int = Field(alias="in", ge=0)
    exits: int = Field(alias="out", ge=0)
    visitors: Count
    occupancy: int | None = Field(ge=0, description="null when too few to be told")
    transactions: Count
    estimated: bool
    devices: Devices
    withheld: bool = Field(
        default=False, description="some people are carried over to a later minute: too few yet"
    )
    merged: int = Field(default=1, ge=1, description="so many minutes are summed up in this one")
    merged_into: MergedInto = None


class Snapshot(Message):
    """A part of the whole stock. Apply `changes` with a greater seq after it."""

    store: StoreId
    boot: Boot
    as_of_seq: AsOf
    t: Seconds
    part: int = Field(ge=1)
    parts: int = Field(ge=1)
    buckets: list[Annotated[int, Field(ge=0, le=63)]] | None = Field(
        default=None, description="only these buckets of the digest; null or absent: the whole"
    )
    data: str = Field(
        description="base64(zlib(JSON)): columns of equal length by name "
        "(gtin, on_hand, reserved, available, p_available, age_s), sorted by GTIN"
    )


class Digest(Message):
    """64 hashes over (gtin, on_hand, reserved); a GTIN's bucket is crc32(gtin) % 64."""

    store: StoreId
    boot: Boot
    as_of_seq: AsOf
    t: Seconds
    buckets: list[Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]] = Field(
        min_length=64,
        max_length=64,
        description="first 16 hex digits of SHA-256 over `gtin,on_hand,reserved\\n` for each GTIN "
        "of the bucket, sorted by GTIN",
    )


class PlaceOf(Message):
    """Where: the Digital Link of a GLN and its extension, or a URI of the store's own."""

    id: str


class Quantity(Message):
    """So many of an article, where no single item is named."""

    epc_class: str = Field(
        alias="epcClass", pattern=r"^https://id\.gs1\.org/01/[0-9]{14}$", description="the GTIN"
    )
    quantity: int = Field(ge=1)


class Event(Message):
    """One GS1 EPCIS 2.0 event (JSON-LD), for stores that switch it on.

    Not numbered: it waits on disk for the broker's PUBACK. One that comes twice has the same
    `eventID`. It has `epcList` or `quantityList`, never both.
    """

    context: list[str | dict[str, str]] = Field(alias="@context")
    type: Literal["ObjectEvent"]
    event_id: str = Field(alias="eventID", pattern=r"^urn:uuid:[0-9a-f-]{36}$")
    event_time: str = Field(
        alias="eventTime", pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}(:[0-9]{2}){2}\.[0-9]{3}Z$"
    )
    event_time_zone_offset: str = Field(
        alias="eventTimeZoneOffset", pattern=r"^[+-](0[0-9]:[0-5][0-9]|1[0-3]:[0-5][0-9]|14:00)$"
    )
    action: Literal["OBSERVE"]
    epcs: list[str] | None = Field(default=None, alias="epcList")
    quantities: list[Quantity] | None = Field(default=None, alias="quantityList")
    step: Literal[
        "arriving",
        "departing",
        "holding",
        "other",
        "receiving",
        "retail_selling",
        "stocking",
        "storing",
    ] = Field(alias="bizStep")
    disposition: Literal[
        "non_sellable_other",
        "retail_sold",
        "returned",
        "sellable_accessible",
        "sellable_not_accessible",
        "unknown",
    ]
    read_point: PlaceOf = Field(alias="readPoint")
    location: PlaceOf | None = Field(
        default=None, alias="bizLocation", description="where it is now; absent: it has left"
    )
    word: Literal["arrived", "moved", "departed", "sold", "returned", "held"] = Field(
        alias="shelfcast:event"
    )


class AlertSaid(Message):
    """A thing a person should look at. Not numbered: said while connected, again at each birth."""

    store: StoreId
    boot: Boot
    t: Seconds
    kind: str
    subject: str
    detail: str
    over: bool


class Ack(Message):
    """HQ has committed every message of `boot` up to `seq`. Answered only when it has an id."""

    do: Literal["ack"]
    id: CommandId | None = None
    boot: Boot
    seq: AsOf


class Resync(Message):
    """Send the whole stock as snapshot parts."""

    do: Literal["resync"]
    id: CommandId


class HoldGoods(Message):
    """Put goods aside; fields as in `POST /api/v1/holds`. The hold's id is `hold`, else `id`."""

    do: Literal["hold"]
    id: CommandId
    hold: CommandId | None = None
    gtin: str
    qty: Annotated[int, Field(ge=1, le=10_000, strict=True)]
    minutes: Annotated[float, Field(gt=0, le=60 * 24 * 31)]
    channel: str = Field(default="", max_length=128)
    order: str = Field(default="", max_length=128)


class Release(Message):
    """The hold with id `hold` is off."""

    do: Literal["release"]
    id: CommandId
    hold: CommandId


class Buckets(Message):
    """Send the stock of these buckets of the digest as snapshot parts."""

    do: Literal["buckets"]
    id: CommandId
    buckets: Annotated[
        list[Annotated[int, Field(ge=0, le=63, strict=True)]], Field(min_length=1, max_length=64)
    ]


class Config(Message):
    """Replace files of the store; whole texts, at least one. Those left out stay as they are.

    All is checked as the files are at a start; with a fault nothing changes. What can be applied
    while running is. `[uplink]`, `store.id`, and names of files and of environment variables that
    the store's present file does not have, cannot be changed from HQ.
    """

    do: Literal["config"]
    id: CommandId
    toml: str | None = Field(default=None, description="store.toml")
    catalogue: str | None = Field(default=None, description="the CSV file of [catalogue] file")
    planogram: str | None = Field(default=None, description="the CSV file of [catalogue] planogram")


class Command(
    RootModel[
        Annotated[Ack | Resync | HoldGoods | Release | Buckets | Config, Field(discriminator="do")]
    ]
):
    """What HQ may ask; idempotent by `id`; HQ repeats it until it is answered."""


class HeldGoods(Message):
    """A hold as `hold` and `release` leave it."""

    id: CommandId
    gtin: Gtin
    qty: int
    state: Literal["open", "collected", "released", "expired"]
    expires: Seconds


class ConfigFault(Message):
    """One thing to correct in one of the store's files; `line` 0: no single line's fault."""

    file: str
    line: Count
    key: str
    wrong: str
    right: str


class Answer(Message):
    """The answer to a command; fields beyond `ok` by command."""

    model_config = ConfigDict(extra="allow")

    id: CommandId
    ok: bool
    error: str | None = Field(default=None, description="one plain line, when not ok")
    cleared: Count | None = Field(default=None, description="ack: rows that left the outbox")
    parts: Count | None = Field(default=None, description="resync, buckets: parts of the snapshot")
    available: Count | None = Field(default=None, description="hold, release: what can be held")
    hold: HeldGoods | None = None
    applied: list[str] | None = Field(default=None, description="config: keys now in force")
    restart_needed: list[str] | None = Field(
        default=None, description="config: keys that wait for a restart"
    )
    faults: list[ConfigFault] | None = Field(
        default=None, description="config: why not; when ok, rows of the CSV files left out"
    )
