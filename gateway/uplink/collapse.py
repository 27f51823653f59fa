"""When the outbox fills: the same facts in fewer bytes. Pure.

Values in `changes` are absolute, so of a GTIN only the newest is needed: older items are taken out.
Footfall minutes are added up into the last of each quarter of an hour. Every row keeps its number,
since HQ waits for ever at a gap; an emptied row says where its facts went,
`merged_into` (boot, seq), and the row that took them how many it took: `merged`.

A footfall row that may have gone up already is left alone: HQ may have committed it, and would
count its people twice. A `changes` row can be emptied at any time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from gateway.storage.rows import OutboxRow
from gateway.uplink.words import compact

BUCKET_SECONDS = 900.0
SUMMED = ("in", "out", "visitors", "transactions")


def collapse(rows: Sequence[OutboxRow], unsent_after: tuple[int, int]) -> list[OutboxRow]:
    """The rows of `rows` that change, with their new payloads. Doing it twice changes nothing.

    Args:
        rows: in order of (boot, seq).
        unsent_after: rows of this boot with a greater key have never gone up.
    """
    boot = unsent_after[0]
    unsent = [row for row in rows if row.boot == boot and (row.boot, row.seq) > unsent_after]
    return [
        *_newest_only([row for row in rows if row.topic == "changes"]),
        *_longer_buckets([row for row in unsent if row.topic == "footfall"]),
    ]


def _newest_only(rows: Sequence[OutboxRow]) -> Iterable[OutboxRow]:
    told: dict[str, tuple[int, int]] = {}
    for row in reversed(rows):
        body = json.loads(row.payload)
        fresh = [item for item in body["items"] if item[0] not in told]
        if len(fresh) < len(body["items"]):
            gone = [told[item[0]] for item in body["items"] if item[0] in told]
            into = {"merged_into": list(max(gone))}
            yield _with(row, {**body, "items": fresh, **into})
        for item in fresh:
            told[item[0]] = (row.boot, row.seq)


def _longer_buckets(rows: Sequence[OutboxRow]) -> Iterable[OutboxRow]:
    buckets: dict[float, list[tuple[OutboxRow, dict[str, Any]]]] = {}
    for row in rows:
        body = json.loads(row.payload)
        if "merged_into" not in body:
            # A minute is named by its end: the one that ends a quarter belongs to it.
            end = -(-body["t"] // BUCKET_SECONDS)
            buckets.setdefault(end, []).append((row, body))
    for minutes in buckets.values():
        if len(minutes) > 1:
            yield from _one_bucket(minutes)


def _one_bucket(minutes: list[tuple[OutboxRow, dict[str, Any]]]) -> Iterable[OutboxRow]:
    last_row, last = minutes[-1]
    for row, body in minutes[:-1]:
        nothing = dict.fromkeys(SUMMED, 0)
        yield _with(row, {**body, **nothing, "merged_into": [last_row.boot, last_row.seq]})
    sums = {name: sum(body[name] for _, body in minutes) for name in SUMMED}
    merged = sum(body.get("merged", 1) for _, body in minutes)
    estimated = any(body["estimated"] for _, body in minutes)
    yield _with(last_row, {**last, **sums, "estimated": estimated, "merged": merged})


def _with(row: OutboxRow, body: dict[str, Any]) -> OutboxRow:
    return replace(row, payload=compact(body))
