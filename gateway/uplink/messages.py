"""The shape of every payload of the feed, as models; the JSON Schemas are made of these.

Both sides ignore unknown fields; a breaking change is `v2` in the topic. `SCHEMA_VERSION` is said
at birth and grows in its second number when a field is added.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

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


class Event(Message):
    """One GS1 EPCIS 2.0 event (JSON-LD), for stores that switch it on."""

    context: Any = Field(alias="@context")
    type: Literal["ObjectEvent"]
    event_time: str = Field(alias="eventTime")
    event_time_zone_offset: str = Field(
        alias="eventTimeZoneOffset", pattern=r"^[+-][0-9]{2}:[0-9]{2}$"
    )
    action: Literal["ADD", "OBSERVE", "DELETE"]
    epcs: list[str] = Field(alias="epcList")
    step: str = Field(alias="bizStep")
    disposition: str | None = None


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
    """Change the store's configuration. Answered with an error: not supported yet."""

    do: Literal["config"]
    id: CommandId


class Command(
    RootModel[
        Annotated[Ack | Resync | HoldGoods | Release | Buckets | Config, Field(discriminator="do")]
    ]
):
    """What HQ may ask; idempotent by `id`; HQ repeats it until it is answered."""


class Answer(Message):
    """The answer to a command; more fields by command, `error` (one plain line) when not ok."""

    model_config = ConfigDict(extra="allow")

    id: CommandId
    ok: bool
    error: str | None = None
