"""Observations for the tests, drawn at random."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from drivers.gtin import check_digit
from drivers.observations import (
    Advert,
    Count,
    Delivery,
    DeliveryLine,
    Device,
    DeviceState,
    Line,
    Observation,
    Return,
    Round,
    Sale,
    Stocktake,
    TagReads,
    Weight,
)

TIMES = st.integers(0, 4_000_000_000_000_000).map(lambda micros: round(micros / 1e6, 6))
NAMES = st.text("abcdefghij-0123456789é", min_size=1, max_size=12)
GTINS = st.integers(0, 10**13 - 1).map(lambda n: f"{n:013d}{check_digit(f'{n:013d}')}")
EPCS = st.binary(min_size=1, max_size=31).map(lambda half: half + half)
HEX_EPCS = EPCS.map(lambda epc: epc.hex().upper())
QUANTITIES = st.integers(1, 1000)
WHOLE = st.integers(0, 2**53)


@st.composite
def tag_reads(draw: st.DrawFn) -> TagReads:
    epcs = draw(st.lists(EPCS, min_size=1, max_size=6))
    size, width = len(epcs), max(map(len, epcs))

    def column(values: st.SearchStrategy[int]) -> list[int]:
        return draw(st.lists(values, min_size=size, max_size=size))

    strengths = [np.nan if h > 0 else h / 100 for h in column(st.integers(-9000, 500))]
    memory = b"".join(epc.ljust(width, b"\0") for epc in epcs)
    return TagReads(
        src=draw(NAMES),
        at=draw(TIMES),
        t=np.array(draw(st.lists(TIMES, min_size=size, max_size=size)), np.float64),
        antenna=np.array(column(st.integers(0, 65_535)), np.int32),
        epc=np.frombuffer(memory, np.uint8).reshape(size, width),
        epc_bytes=np.array([len(epc) for epc in epcs], np.int32),
        rssi=np.array(strengths, np.float32),
        n=np.array(column(st.integers(1, 10**6)), np.int32),
    )


LINES = st.lists(
    st.builds(Line, GTINS, QUANTITIES, st.none() | HEX_EPCS), min_size=1, max_size=3
).map(tuple)


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    epcs = tuple(draw(st.lists(HEX_EPCS, unique=True, max_size=3)))
    lines = (DeliveryLine(draw(GTINS), 3, epcs), DeliveryLine(draw(GTINS), draw(QUANTITIES)))
    return Delivery(draw(NAMES), draw(TIMES), draw(TIMES), draw(NAMES), lines)


ADVERTS = st.builds(
    Advert,
    NAMES,
    TIMES,
    TIMES,
    st.just("badge-7"),
    st.just("C4:7C:8D:6A:11:02"),
    st.integers(-10_000, 2000).map(lambda hundredths: hundredths / 100),
    st.dictionaries(st.integers(0, 65_535), st.binary(max_size=30), max_size=2),
    st.dictionaries(st.sampled_from(["fcd2", "feaa"]), st.binary(max_size=30), max_size=2),
)
STOCKTAKES = st.builds(
    Stocktake,
    NAMES,
    TIMES,
    TIMES,
    GTINS,
    st.integers(0, 1000),
    st.none() | NAMES,
    st.none() | NAMES,
)
DEVICES = st.builds(
    Device,
    NAMES,
    TIMES,
    TIMES,
    st.sampled_from(DeviceState),
    st.none() | st.integers(0, 64),
    st.sampled_from(["", "cable « à droite » \n out"]),
)
OBSERVATIONS: st.SearchStrategy[Observation] = st.one_of(
    tag_reads(),
    st.builds(Round, NAMES, TIMES, TIMES, st.integers(0, 65_535)),
    ADVERTS,
    st.builds(Count, NAMES, TIMES, TIMES, WHOLE, WHOLE, WHOLE),
    st.builds(Weight, NAMES, TIMES, TIMES, st.integers(-99, 10**9).map(lambda mg: mg / 1000)),
    st.builds(Sale, NAMES, TIMES, TIMES, NAMES, LINES),
    st.builds(Return, NAMES, TIMES, TIMES, NAMES, LINES),
    deliveries(),
    STOCKTAKES,
    DEVICES,
)
