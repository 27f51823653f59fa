"""EPC decoding against the vectors of GS1 TDS 2.3 (annex E.3) and real tags."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.gtin import check_digit
from drivers.rfid.bits import EpcError
from drivers.rfid.epc import (
    COMPANY_DIGITS,
    decode_epc,
    encode_sgtin96,
    encode_sgtin198,
    parse_epc_text,
)
from drivers.rfid.epc_columns import sgtin96_columns
from drivers.rfid.naming import EpcNaming

SERIAL_CHARACTERS = (
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)


@pytest.mark.parametrize(
    ("memory", "scheme", "gtin", "serial"),
    [
        ("3066C4409047E140075BCD15", "sgtin", "09506000134352", "123456789"),
        (
            "3666C4409047E159B2C2BF100000000000000000000000000000",
            "sgtin",
            "09506000134352",
            "32a/b",
        ),
        ("F73795211411234538566CB0AFC4", "sgtin+", "79521141123453", "32a/b"),
        ("FB342CDE795211411234538566CB0AFC4000", "dsgtin+", "79521141123453", "32a/b"),
        (
            "FD3795211411234538566CB0AFC525065F1876F0D996D800",
            "sgtin++",
            "79521141123453",
            "32a/b",
        ),
        ("3074257BF7194E4000001A85", "sgtin", "80614141123458", "6789"),
    ],
)
def test_trade_items_of_the_standard(memory, scheme, gtin, serial):
    epc = decode_epc(bytes.fromhex(memory))
    assert (epc.scheme, epc.gtin, epc.serial) == (scheme, gtin, serial)


@pytest.mark.parametrize(
    ("memory", "scheme"),
    [
        ("311BA1B300CE0A6A83000000", "sscc-96"),
        ("3276451FD46072000000162E", "sgln-96"),
        ("3376451FD40C0E400000162E", "grai-96"),
        ("3776451FD40C0E59B2C2BF1000000000000000000000", "grai-170"),
        ("3476451FD40000000000162E", "giai-96"),
        ("3876451FD59B2C2BF10000000000000000000000000000000000", "giai-202"),
        ("4076451FD40C0E40820000000F54", "itip-110"),
        ("F90095201234567891235000", "sscc+"),
        ("F13095211411234548566CB0AFC4", "grai+"),
        ("E2801170000002019F3CAB12", "unprogrammed"),
        ("000000000000000000000313", "unprogrammed"),
        ("49440000000000000A000334", "unknown"),
    ],
)
def test_other_schemes_are_told_apart_and_are_no_gtin(memory, scheme):
    epc = decode_epc(bytes.fromhex(memory))
    assert epc.scheme == scheme
    assert epc.gtin is None
    assert epc.urn.startswith("urn:epc:raw:")


def test_urns_of_the_standard():
    assert (
        decode_epc(bytes.fromhex("3074257BF7194E4000001A85")).urn
        == "urn:epc:id:sgtin:0614141.812345.6789"
    )
    assert (
        decode_epc(bytes.fromhex("3666C4409047E159B2C2BF100000000000000000000000000000")).urn
        == "urn:epc:id:sgtin:95060001343.05.32a%2Fb"
    )
    plus = decode_epc(bytes.fromhex("F73795211411234538566CB0AFC4"))
    assert plus.urn == "https://id.gs1.org/01/79521141123453/21/32a%2Fb"


@pytest.mark.parametrize(
    ("memory", "why"),
    [
        ("", "no EPC memory"),
        ("307C", "cut short"),
        ("307E257BF7194E4000001A85", "partition 7"),
        # company of partition 5 (7 digits, 24 bits) = 2^24 - 1
        ("3077FFFFFFC0004000001A85", "too many digits"),
        # item of partition 5 (6 digits, 20 bits) = 2^20 - 1
        ("3074257BF7FFFFC000001A85", "too many digits"),
        ("3066C4409047E140075BCD150001", "not zero"),
        ("3666C4409047E159B2C2BF100000000000000000000000000001", "not zero"),
        ("3666C4409047E159B2C2BF100000000000000000000000000400", "after the end"),
        ("3666C4409047E14000000000000000000000000000000000", "cut short"),
        ("3666C4409047E140000000000000000000000000000000000000", "serial"),
        ("F737A5211411234538566CB0AFC4", "digit above 9"),
        ("F73795211411234548566CB0AFC4", "check digit"),
        ("FB342DFE795211411234538566CB0AFC4000", "month"),
    ],
)
def test_what_breaks_the_rules_is_invalid(memory, why):
    with pytest.raises(EpcError, match=why):
        decode_epc(bytes.fromhex(memory))


@pytest.mark.parametrize(
    "text",
    [
        "3034D2C040000040000000" + "4D",
        "urn:epc:id:sgtin:3453120.000001.77",
        "urn:epc:tag:sgtin-96:1.3453120.000001.77",
        "urn:epc:tag:sgtin-198:3.3453120.000001.77",
    ],
)
def test_all_writings_of_one_item_are_one_epc(text):
    memory = encode_sgtin96("03453120000011", 7, 77, filter_value=1)
    text = memory.hex() if text.startswith("3034") else text
    epc = parse_epc_text(text)
    assert epc == decode_epc(memory)
    assert epc.urn == "urn:epc:id:sgtin:3453120.000001.77"
    assert epc.gtin == "03453120000011"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3034F4A1C0000040000000A",
        "hello",
        "urn:epc:id:sgtin:3453120.00001.77",
        "urn:epc:id:sgtin:3453120.000001.",
        "urn:epc:id:sgtin:3453120.000001.7 7",
        "urn:epc:id:sgtin:3453120.000001.7%2",
        "urn:epc:tag:sgtin-96:1.3453120.000001.077",
        "urn:epc:tag:sgtin-96:1.3453120.000001.274877906944",
        "https://id.gs1.org/01/03453120000012/21/77",
    ],
)
def test_text_that_is_no_epc(text):
    with pytest.raises(EpcError):
        parse_epc_text(text)


def test_other_urns_keep_their_scheme():
    assert parse_epc_text("urn:epc:id:sscc:0614141.1234567890").scheme == "sscc"
    assert parse_epc_text("https://shop.example/01/03453120000011/21/7%2F").serial == "7/"


bodies = st.text("0123456789", min_size=13, max_size=13)
gtins = bodies.map(lambda body: body + str(check_digit(body)))
companies = st.sampled_from(COMPANY_DIGITS)


@given(gtins, companies, st.integers(0, 2**38 - 1), st.integers(0, 7))
def test_sgtin96_comes_back(gtin, company, serial, filter_value):
    memory = encode_sgtin96(gtin, company, serial, filter_value)
    epc = decode_epc(memory)
    assert (epc.gtin, epc.serial) == (gtin, str(serial))
    assert parse_epc_text(epc.urn) == epc
    valid, column, serials = sgtin96_columns(np.frombuffer(memory, np.uint8).reshape(1, 12))
    assert valid.all()
    assert f"{int(column[0]):014d}" == gtin
    assert int(serials[0]) == serial


@given(gtins, companies, st.text(SERIAL_CHARACTERS, min_size=1, max_size=20))
def test_sgtin198_comes_back(gtin, company, serial):
    epc = decode_epc(encode_sgtin198(gtin, company, serial))
    assert (epc.gtin, epc.serial) == (gtin, serial)
    assert parse_epc_text(epc.urn) == epc


@given(st.lists(st.binary(min_size=11, max_size=11), min_size=1, max_size=20))
def test_columns_agree_with_the_scalar_decoder(rows):
    memories = [b"\x30" + row for row in rows]
    table = np.frombuffer(b"".join(memories), np.uint8).reshape(-1, 12)
    valid, gtin, serial = sgtin96_columns(table)
    for i, memory in enumerate(memories):
        try:
            epc = decode_epc(memory)
        except EpcError:
            assert not valid[i]
        else:
            assert valid[i]
            assert (f"{int(gtin[i]):014d}", str(serial[i])) == (epc.gtin, epc.serial)


@given(st.binary(max_size=64))
def test_any_bytes_are_an_epc_or_an_epc_error(memory):
    with contextlib.suppress(EpcError):
        decode_epc(memory)


@given(st.text(max_size=80))
def test_any_text_is_an_epc_or_an_epc_error(text):
    for written in (text, "urn:epc:id:sgtin:3453120.000001." + text):
        with contextlib.suppress(EpcError):
            parse_epc_text(written)


def test_naming_counts_what_is_no_item_and_stays_bounded():
    naming = EpcNaming(cache_items=10)
    item = naming.of_text("urn:epc:id:sgtin:3453120.000001.77")
    assert item is not None
    assert item == naming.of_bytes(encode_sgtin96("03453120000011", 7, 77))
    assert naming.of_bytes(bytes.fromhex("E2801170000002019F3CAB12")) is None
    assert naming.of_bytes(bytes.fromhex("E2801170000002019F3CAB12")) is None
    assert naming.of_bytes(bytes.fromhex("307E257BF7194E4000001A85")) is None
    assert naming.of_text("nonsense") is None
    assert naming.passed_over == {"unprogrammed": 1, "invalid": 2}
    for i in range(100):
        naming.of_bytes(encode_sgtin96("03453120000011", 7, i))
    assert len(naming._bytes) == 10


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("03453120000012", 7, 1), "check digit"),
        (("03453120000011", 5, 1), "6 to 12"),
        (("03453120000011", 7, 1 << 38), "38 bits"),
        (("03453120000011", 7, 1, 8), "filter"),
    ],
)
def test_what_cannot_be_encoded(args, why):
    with pytest.raises(EpcError, match=why):
        encode_sgtin96(*args)
