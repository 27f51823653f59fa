"""EPC to GTIN and serial: ours beside epcpy, pyepc, epc-encoding-utils and llrpkit, in one run.

Everybody is given the same 10,000 random SGTIN-96, of every company prefix length, as the hex text
that the other packages ask for, and is called by its quickest public way. Before a watch starts
every EPC must have the same GTIN, serial and URN from everybody.

`batch` decodes all of them at once in numpy, to numbers or to the GTIN's 14 digits and the serial
as others give them; `one by one` also makes the URN; `remembered` is how the gateway names a tag
that it has met before. The goal is 50 times the quickest of the three packages named first.
"""

from __future__ import annotations

import importlib
import random
import time
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from drivers.gtin import check_digit
from drivers.rfid.epc import decode_epc, encode_sgtin96
from drivers.rfid.epc_columns import sgtin96_columns
from drivers.rfid.epc_identity import COMPANY_DIGITS
from drivers.rfid.naming import EpcNaming

EPCS = 10_000
TURNS, SECONDS = 8, 0.05
GOAL = 50
NAMED = ("epcpy", "pyepc", "epc-encoding-utils")
"""Of these the quickest is what we are measured by."""

Work: TypeAlias = Callable[[], object]
Named: TypeAlias = tuple[str, str]
Decode: TypeAlias = Callable[[str], tuple[str, str | int]]


def run() -> list[str]:
    """A line each: microseconds an EPC and how many times the quickest other package."""
    hexes = make_epcs(EPCS)
    others, missing = _others()
    _must_agree(hexes, others)
    ways = {name: _each(decode, hexes) for name, (decode, _) in others.items()}
    ways |= {f"{name} with URN": _each(decode, hexes) for name, (_, decode) in others.items()}
    ours = _ours(hexes)
    spent = _microseconds(ways | ours)
    quickest = min((n for n in NAMED if n in others), key=lambda name: spent[name], default="")
    if not quickest:
        return [*missing, "NOBODY TO COMPARE WITH: NOTHING WAS MEASURED"]
    lines = [f"us an EPC (SGTIN-96 in hex to GTIN and serial); the goal is {GOAL} x {quickest}"]
    for name in others:
        lines.append(f"{name}: {spent[name]:.2f}, with its URN {spent[f'{name} with URN']:.2f}")
    for name in ours:
        ratio = spent[quickest] / spent[name]
        lines.append(f"ours, {name}: {spent[name]:.3f}, {ratio:.1f} x {quickest}")
    return [*missing, *lines]


def make_epcs(count: int) -> list[str]:
    """Random SGTIN-96 as hex, of every partition, filter and size of serial."""
    chance = random.Random(7)
    found = []
    for _ in range(count):
        body = "".join(chance.choices("0123456789", k=13))
        serial = chance.randrange(1 << chance.randrange(1, 39))
        gtin = body + str(check_digit(body))
        memory = encode_sgtin96(gtin, chance.choice(COMPANY_DIGITS), serial, chance.randrange(8))
        found.append(memory.hex().upper())
    return found


def _others() -> tuple[dict[str, tuple[Decode, Decode]], list[str]]:
    """What each other package decodes with, without and with a URN; a line for each missing."""
    found: dict[str, tuple[Decode, Decode]] = {}
    missing = []
    for name, make in (
        ("epcpy", _epcpy),
        ("pyepc", _pyepc),
        ("epc-encoding-utils", _epc_encoding_utils),
        ("llrpkit", _llrpkit),
    ):
        try:
            found[name] = make()
        except ImportError as error:
            missing.append(f"!!! {name} IS NOT INSTALLED AND WAS NOT MEASURED: {error}")
    return found, missing


def _epcpy() -> tuple[Decode, Decode]:
    sgtin: Any = importlib.import_module("epcpy.epc_schemes.sgtin").SGTIN

    def decode(text: str) -> Named:
        found = sgtin.from_hex(text)
        return found.gtin(), found.epc_uri.rpartition(".")[2]

    def with_urn(text: str) -> Named:
        found = sgtin.from_hex(text)
        return found.gtin(), found.epc_uri

    return decode, with_urn


def _pyepc() -> tuple[Decode, Decode]:
    sgtin: Any = importlib.import_module("pyepc").SGTIN

    def decode(text: str) -> Named:
        found = sgtin.decode(text)
        return found.gtin, found.serial_number

    def with_urn(text: str) -> Named:
        found = sgtin.decode(text)
        return found.gtin, found.pure_identity_uri

    return decode, with_urn


def _epc_encoding_utils() -> tuple[Decode, Decode]:
    sgtin: Any = importlib.import_module("epc.schemes").SGTIN

    def decode(text: str) -> tuple[str, int]:
        found = sgtin(epc=text)
        return found.gtin, found._serial  # its `values` formats five more fields

    def with_urn(text: str) -> Named:
        found = sgtin(epc=text)
        return found.gtin, found.pure_identity_uri

    return decode, with_urn


def _llrpkit() -> tuple[Decode, Decode]:
    decode_other: Any = importlib.import_module("llrpkit.epc").decode_epc

    def decode(text: str) -> Named:
        found = decode_other(bytes.fromhex(text))
        return found.fields["gtin"], found.fields["serial"]

    def with_urn(text: str) -> Named:
        found = decode_other(bytes.fromhex(text))
        return found.fields["gtin"], found.pure_identity_uri

    return decode, with_urn


def _must_agree(hexes: list[str], others: dict[str, tuple[Decode, Decode]]) -> None:
    for text, gtin, serial in zip(hexes, *_batch_as_text(hexes), strict=True):
        epc = decode_epc(bytes.fromhex(text))
        if (epc.gtin, epc.serial) != (gtin, str(serial)):
            raise AssertionError(f"our own ways disagree about {text}")
        for name, (decode, with_urn) in others.items():
            their_gtin, their_serial = decode(text)
            if (their_gtin, str(their_serial)) != (gtin, str(serial)):
                raise AssertionError(f"{name} disagrees about {text}: {their_gtin} {their_serial}")
            if with_urn(text)[1] != epc.urn:
                raise AssertionError(f"{name} disagrees about the URN of {text}")


def _ours(hexes: list[str]) -> dict[str, Work]:
    naming = EpcNaming()
    return {
        "batch, to numbers": lambda: _batch(hexes),
        "batch, to 14 digits and serial": lambda: _batch_as_text(hexes),
        "one by one, with its URN": _each(lambda text: decode_epc(bytes.fromhex(text)), hexes),
        "remembered, with its URN": _each(lambda text: naming.of_bytes(bytes.fromhex(text)), hexes),
    }


def _batch(hexes: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    memory = np.frombuffer(bytes.fromhex("".join(hexes)), np.uint8)
    return sgtin96_columns(memory.reshape(-1, 12))


def _batch_as_text(hexes: list[str]) -> tuple[list[str], list[int]]:
    valid, gtin, serial = _batch(hexes)
    if not valid.all():
        raise AssertionError("an EPC of the bench is none")
    return [str(number).zfill(14) for number in gtin.tolist()], serial.tolist()


def _each(decode: Callable[[str], object], hexes: list[str]) -> Work:
    def work() -> None:
        for text in hexes:
            decode(text)

    return work


def _microseconds(ways: dict[str, Work]) -> dict[str, float]:
    """Processor time an EPC: the best of some turns, in which everybody is tried by turns.

    Others share the core, and what they do to it should be met by all.
    """
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(TURNS):
        for name, work in ways.items():
            until = time.process_time() + SECONDS
            while (begun := time.process_time()) < until:
                work()
                best[name] = min(best[name], time.process_time() - begun)
    return {name: seconds / EPCS * 1e6 for name, seconds in best.items()}


if __name__ == "__main__":
    print("\n".join(run()))
