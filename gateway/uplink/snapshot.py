"""The whole stock as feed messages: snapshot parts, and the digest of what differs. Pure."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Collection, Iterable, Mapping

from gateway.changes import StockChanged
from gateway.uplink.compose import stock_items
from gateway.uplink.words import SECONDS_DECIMALS, Json, compact

BUCKETS = 64
GTINS_A_PART = 5_000
COLUMNS = ("gtin", "on_hand", "reserved", "available", "p_available", "age_s")


def bucket_of(gtin: str) -> int:
    """The digest's bucket of a GTIN: CRC-32 of its 14 digits, modulo 64."""
    return zlib.crc32(gtin.encode()) % BUCKETS


def digest(stock: Mapping[str, StockChanged]) -> list[str]:
    """One hash for each bucket over (gtin, on_hand, reserved), GTINs in order."""
    hashes = [hashlib.sha256() for _ in range(BUCKETS)]
    for gtin in sorted(stock):
        line = f"{gtin},{stock[gtin].on_hand},{stock[gtin].reserved}\n"
        hashes[bucket_of(gtin)].update(line.encode())
    return [each.hexdigest()[:16] for each in hashes]


def snapshot(
    head: Mapping[str, Json],
    stock: Iterable[StockChanged],
    t: float,
    buckets: Collection[int] | None = None,
) -> list[str]:
    """Payloads of the parts; at least one, so that an empty store says that it is empty.

    Args:
        head: `store`, `boot`, `as_of_seq`.
        stock: present answers.
        t: now; ages are counted to it.
        buckets: only the GTINs of these buckets, None for all.
    """
    chosen = (each for each in stock if buckets is None or bucket_of(each.gtin) in buckets)
    items = stock_items(chosen, t)
    slices = [items[i : i + GTINS_A_PART] for i in range(0, len(items), GTINS_A_PART)] or [[]]
    body: dict[str, Json] = {**head, "t": round(t, SECONDS_DECIMALS), "parts": len(slices)}
    if buckets is not None:
        body["buckets"] = tuple(sorted(set(buckets)))
    return [
        compact(body | {"part": number, "data": _packed(part)})
        for number, part in enumerate(slices, 1)
    ]


def unpacked(data: str) -> dict[str, list[Json]]:
    """The columns of a part's `data`, as HQ reads it."""
    columns: dict[str, list[Json]] = json.loads(zlib.decompress(base64.b64decode(data)))
    return columns


def _packed(items: list[list[Json]]) -> str:
    columns: dict[str, Json] = {name: [item[i] for item in items] for i, name in enumerate(COLUMNS)}
    return base64.b64encode(zlib.compress(compact(columns).encode(), 9)).decode()
