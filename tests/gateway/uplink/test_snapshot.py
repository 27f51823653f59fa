from __future__ import annotations

import json
import zlib

from gateway.changes import StockState
from gateway.uplink.snapshot import BUCKETS, GTINS_A_PART, bucket_of, digest, snapshot, unpacked
from gateway.uplink.words import Json
from tests.gateway.uplink.test_compose import GTIN, OTHER, stock

HEAD: dict[str, Json] = {"store": "PAR-01", "boot": 3, "as_of_seq": 9}


def test_a_snapshot_is_columns_in_order_of_gtin() -> None:
    unknown = stock(GTIN, state=StockState.UNKNOWN)
    (text,) = snapshot(HEAD, [stock(OTHER), unknown], 100.0)
    part = json.loads(text)
    assert (part["part"], part["parts"], part["as_of_seq"]) == (1, 1, 9)
    assert unpacked(part["data"]) == {
        "gtin": [GTIN, OTHER],
        "on_hand": [7, 7],
        "reserved": [1, 1],
        "available": [0, 6],
        "p_available": [0.9999, 0.9999],
        "age_s": [10.0, 10.0],
    }


def test_a_large_store_comes_in_parts_and_an_empty_one_says_so() -> None:
    many = [stock(f"{i:014d}") for i in range(GTINS_A_PART + 1)]
    parts = [json.loads(text) for text in snapshot(HEAD, many, 100.0)]
    assert [(part["part"], part["parts"]) for part in parts] == [(1, 2), (2, 2)]
    assert [len(unpacked(part["data"])["gtin"]) for part in parts] == [GTINS_A_PART, 1]
    (empty,) = snapshot(HEAD, [], 100.0)
    assert unpacked(json.loads(empty)["data"])["gtin"] == []


def test_only_the_buckets_asked_for_come() -> None:
    both = [stock(GTIN), stock(OTHER)]
    bucket = zlib.crc32(GTIN.encode()) % 64
    assert bucket == bucket_of(GTIN) != bucket_of(OTHER)
    (text,) = snapshot(HEAD, both, 100.0, [bucket])
    part = json.loads(text)
    assert part["buckets"] == [bucket]
    assert unpacked(part["data"])["gtin"] == [GTIN]


def test_a_digest_tells_which_bucket_differs_and_nothing_else() -> None:
    before = {GTIN: stock(GTIN), OTHER: stock(OTHER)}
    after = {OTHER: stock(OTHER, p_available=0.1, available=0), GTIN: stock(GTIN, reserved=2)}
    old, new = digest(before), digest(after)
    assert len(old) == BUCKETS
    assert [i for i in range(BUCKETS) if old[i] != new[i]] == [bucket_of(GTIN)]
