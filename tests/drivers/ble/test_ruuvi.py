"""Ruuvi data format 5: the maker's own vectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ble.advertising import parse_payload
from drivers.ble.ruuvi import RUUVI, Ruuvi, decode_ruuvi
from tests.drivers.ble import vectors

MAC = bytes.fromhex("CBB8334C884F")


def test_a_valid_measurement() -> None:
    data = parse_payload(bytes.fromhex(vectors.RUUVI)).manufacturer[RUUVI]
    assert decode_ruuvi(data) == Ruuvi(
        24.3, 53.49, 100_044, (0.004, -0.004, 1.036), 2.977, 4, 66, 205, MAC
    )


def test_the_most_that_can_be_said() -> None:
    assert decode_ruuvi(bytes.fromhex(vectors.RUUVI_MOST)) == Ruuvi(
        163.835, 163.835, 115_534, (32.767, 32.767, 32.767), 3.646, 20, 254, 65534, MAC
    )


def test_the_least_that_can_be_said() -> None:
    assert decode_ruuvi(bytes.fromhex(vectors.RUUVI_LEAST)) == Ruuvi(
        -163.835, 0.0, 50_000, (-32.767, -32.767, -32.767), 1.6, -40, 0, 0, MAC
    )


def test_nothing_to_say() -> None:
    assert decode_ruuvi(bytes.fromhex(vectors.RUUVI_NONE)) == Ruuvi(
        None, None, None, (None, None, None), None, None, None, None, None
    )


@pytest.mark.parametrize("text", ["", "05", vectors.RUUVI_MOST[:-2], "03" + vectors.RUUVI_MOST[2:]])
def test_another_format_or_a_cut_one_is_none(text: str) -> None:
    assert decode_ruuvi(bytes.fromhex(text)) is None


@given(st.binary(max_size=40))
def test_any_bytes_are_a_measurement_or_none(data: bytes) -> None:
    decode_ruuvi(data)
