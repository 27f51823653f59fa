"""The shapes of the API about the installer's walk. See `models`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gateway.requests import AntennaVerdict, WalkPhase, WalkStep
from gateway.web.models import Shape


class WalkBody(Shape):
    """A step of an installer who lays known tags into one zone after another.

    `start` takes `tags`, or else a `count` of tags that are out of earshot for the moment; `lay` a
    `zone` and, if the usual time is not right, `seconds`.
    """

    do: WalkStep
    tags: list[Annotated[str, Field(max_length=200)]] = Field(
        default=[], max_length=50, description="EPCs as hex"
    )
    count: int = Field(default=0, ge=0, le=1_000, strict=True)
    zone: str = Field(default="", max_length=64)
    seconds: float = Field(default=0, ge=0, le=3_600, description="0: the usual time")


class WalkHearingOut(Shape):
    """Tags that an antenna has heard so far at the present stop."""

    reader: str
    antenna: int
    tags: int


class WalkStopOut(Shape):
    """One zone that was measured: tags heard by any antenna, of those laid."""

    zone: str
    heard: int
    laid: int
    applied: bool = Field(description="in force")


class WalkAntennaOut(Shape):
    """What the walk says of one antenna, by the tags in its own zone."""

    reader: str
    antenna: int
    zone: str
    verdict: AntennaVerdict
    rounds: int
    heard: int
    laid: int
    rate: float | None = Field(description="mean reads a round; null without rounds")
    hears: str | None = Field(description="the zone it hears better, for `elsewhere`")


class WalkOut(Shape):
    """How the walk stands."""

    phase: WalkPhase
    zone: str = Field(description="where the tags lie now")
    left: float = Field(description="seconds until the phase ends by itself")
    count: int = Field(description="tags that are carried along")
    known: int = Field(description="of these, made out by now")
    heard: int = Field(description="tags heard at the present stop")
    hearing: list[WalkHearingOut]
    stops: list[WalkStopOut]
    antennas: list[WalkAntennaOut]
