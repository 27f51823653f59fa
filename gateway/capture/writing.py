"""Observations become capture lines: the exact inverse of `lines`.

Times are written to the microsecond and signal strengths to a hundredth of a decibel, which is more
than any device says; what has no more digits than that comes back bit for bit. Keys stand in one
order, so the same observations give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from drivers.observations import (
    Advert,
    Count,
    Delivery,
    Device,
    Observation,
    Reading,
    Return,
    Round,
    Sale,
    Sighting,
    Stocktake,
    TagReads,
    Weight,
)
from drivers.pos.money import decimal_text

T_DIGITS = 6
RSSI_DIGITS = 2
GRAMS_DIGITS = 3


def capture_lines(observation: Observation, beacons: Collection[str] = ()) -> list[str]:
    """The lines (without line ends) that say `observation`: one, one for each tag read, or none.

    Args:
        observation: what to write.
        beacons: ids of the listed BLE devices. A weight of one of them is not written, nor any
            reading or sighting: it was told from an advert, whose own line says it again.
    """
    if isinstance(observation, TagReads):
        return _tags(observation)
    told_by_advert = isinstance(observation, Reading | Sighting)
    if told_by_advert or (isinstance(observation, Weight) and observation.src in beacons):
        return []
    head: dict[str, Any] = {"kind": _kind(observation), "t": _time(observation.t)}
    if _time(observation.at) != head["t"]:
        head["at"] = _time(observation.at)
    head["src"] = observation.src
    return [json.dumps({**head, **_body(observation)}, ensure_ascii=False, allow_nan=False)]


def _kind(observation: Observation) -> str:
    return type(observation).__name__.lower()


def _time(t: float) -> float:
    return round(float(t), T_DIGITS)


def _tags(reads: TagReads) -> list[str]:
    """Written by hand: these are nearly all lines of a capture."""
    at = _time(reads.at)
    src = json.dumps(reads.src, ensure_ascii=False)
    columns = zip(
        reads.t.tolist(),
        reads.antenna.tolist(),
        reads.epcs(),
        reads.rssi.tolist(),
        reads.n.tolist(),
        strict=True,
    )
    lines = []
    for t, antenna, epc, rssi, n in columns:
        when = round(t, T_DIGITS)
        arrived = "" if when == at else f', "at": {at}'
        # A NaN is unequal to itself: the reader did not say how strong.
        strength = f', "rssi": {round(rssi, RSSI_DIGITS)}' if rssi == rssi else ""
        times = "" if n == 1 else f', "n": {n}'
        lines.append(
            f'{{"kind": "tag", "t": {when}{arrived}, "src": {src}, "antenna": {antenna}, '
            f'"epc": "{epc.hex().upper()}"{strength}{times}}}'
        )
    return lines


def _body(observation: Observation) -> Mapping[str, Any]:
    match observation:
        case Round():
            return {"antenna": observation.antenna}
        case Advert():
            return _advert(observation)
        case Count():
            groups = {} if observation.groups is None else {"groups": observation.groups}
            return {
                "boot": observation.boot,
                "in": observation.entries,
                "out": observation.exits,
                **groups,
            }
        case Weight():
            return {"grams": round(observation.grams, GRAMS_DIGITS)}
        case Sale() | Return():
            return {"id": observation.id, "lines": _till_lines(observation)}
        case Delivery():
            return {"id": observation.id, "lines": _delivery_lines(observation)}
        case Stocktake():
            return _stocktake(observation)
        case Device():
            return _device(observation)
        case TagReads():
            raise AssertionError("tag reads are written by _tags")
        case Reading() | Sighting():
            raise AssertionError("what an advert says is in its line")


def _advert(advert: Advert) -> Mapping[str, Any]:
    body: dict[str, Any] = {"addr": advert.addr, "rssi": round(advert.rssi, RSSI_DIGITS)}
    if advert.manufacturer:
        body["manufacturer"] = {str(k): v.hex() for k, v in sorted(advert.manufacturer.items())}
    if advert.service:
        body["service"] = {k: v.hex() for k, v in sorted(advert.service.items())}
    return body


def _till_lines(fact: Sale | Return) -> list[dict[str, Any]]:
    return [
        {"gtin": line.gtin, "qty": line.qty}
        | ({"epc": line.epc} if line.epc else {})
        | ({} if line.amount is None else {"amount": decimal_text(line.amount)})
        for line in fact.lines
    ]


def _delivery_lines(fact: Delivery) -> list[dict[str, Any]]:
    return [
        {"gtin": line.gtin, "qty": line.qty} | ({"epcs": list(line.epcs)} if line.epcs else {})
        for line in fact.lines
    ]


def _stocktake(fact: Stocktake) -> Mapping[str, Any]:
    body: dict[str, Any] = {} if fact.id is None else {"id": fact.id}
    if fact.zone is not None:
        body["zone"] = fact.zone
    return body | {"gtin": fact.gtin, "qty": fact.qty}


def _device(device: Device) -> Mapping[str, Any]:
    body: dict[str, Any] = {} if device.antenna is None else {"antenna": device.antenna}
    body["state"] = device.state.value
    return body | ({"detail": device.detail} if device.detail else {})
