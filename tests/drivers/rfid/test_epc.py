"""EPC decoding against the vectors of GS1 TDS 2.3 (annex E.3) and real tags."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.gtin import check_digit
from drivers.rfid.bits import EpcError
from drivers.rfid.epc import decode_epc, encode_sgtin96, encode_sgtin198, parse_epc_text
from drivers.rfid.epc_columns import sgtin96_columns, sgtin198_columns
from drivers.rfid.epc_identity import COMPANY_DIGITS
from drivers.rfid.naming import EpcNaming

SERIAL_CHARACTERS = (
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)


URN, LINK = "urn:epc:id:", "https://id.gs1.org/"
TRADE_ITEMS = [
    ("3066C4409047E140075BCD15", "sgtin", "09506000134352", "123456789"),
    ("3666C4409047E159B2C2BF100000000000000000000000000000", "sgtin", "09506000134352", "32a/b"),
    ("F73795211411234538566CB0AFC4", "sgtin+", "79521141123453", "32a/b"),
    ("FB342CDE795211411234538566CB0AFC4", "dsgtin+", "79521141123453", "32a/b"),
    ("FD3795211411234538566CB0AFC525065F1876F0D996D800", "sgtin++", "79521141123453", "32a/b"),
    ("FC342CDE795211411234538566CB0AFC525065F1876F0D996D80", "dsgtin++", "79521141123453", "32a/b"),
    # Of the standard's older releases.
    ("3074257BF7194E4000001A85", "sgtin", "80614141123458", "6789"),
]
"""Annex E.3 of TDS 2.3, with the hostname and date that some of them carry left out."""
OTHER_KEYS = [
    ("311BA1B300CE0A6A83000000", "sscc-96", "sscc:952012.03456789123"),
    ("F90095201234567891235", "sscc+", "00/095201234567891235"),
    # Annex E.3 prints SSCC++ and ITIP++ with the headers of SSCC+ and ITIP+; these of table 14-1.
    ("EF009520123456789123592832F8C3B786CCB6C0", "sscc++", "00/095201234567891235"),
    ("3276451FD46072000000162E", "sgln-96", "sgln:9521141.12345.5678"),
    (
        "3976451FD46072CD9615F8800000000000000000000000000000",
        "sgln-195",
        "sgln:9521141.12345.32a%2Fb",
    ),
    ("F2395211411234548566CB0AFC4", "sgln+", "414/9521141123454/254/32a%2Fb"),
    (
        "E9395211411234548566CB0AFC525065F1876F0D996D8000",
        "sgln++",
        "414/9521141123454/254/32a%2Fb",
    ),
    ("3376451FD40C0E400000162E", "grai-96", "grai:9521141.12345.5678"),
    ("3776451FD40C0E59B2C2BF1000000000000000000000", "grai-170", "grai:9521141.12345.32a%2Fb"),
    ("F13095211411234548566CB0AFC4", "grai+", "8003/0952114112345432a%2Fb"),
    ("EB3095211411234548566CB0AFC525065F1876F0D996D800", "grai++", "8003/0952114112345432a%2Fb"),
    ("3476451FD40000000000162E", "giai-96", "giai:9521141.5678"),
    ("3876451FD59B2C2BF10000000000000000000000000000000000", "giai-202", "giai:9521141.32a%2Fb"),
    ("FA3952114132E83C2BF10", "giai+", "8004/952114132a%2Fb"),
    ("EE3952114132E83C2BF1494197C61DBC3665B600", "giai++", "8004/952114132a%2Fb"),
    ("2D76451FD4499602D2000000", "gsrn-96", "gsrn:9521141.1234567890"),
    ("F43952114112345678906", "gsrn+", "8018/952114112345678906"),
    ("E7395211411234567890692832F8C3B786CCB6C0", "gsrn++", "8018/952114112345678906"),
    ("2E76451FD4499602D2000000", "gsrnp-96", "gsrnp:9521141.1234567890"),
    ("F53952114112345678906", "gsrnp+", "8017/952114112345678906"),
    ("E8395211411234567890692832F8C3B786CCB6C0", "gsrnp++", "8017/952114112345678906"),
    ("2C76451FD46072000000162E", "gdti-96", "gdti:9521141.12345.5678"),
    (
        "3E76451FD7039B061438997367D0C18B266D1AB66EE0",
        "gdti-174",
        "gdti:9521141.98765.ABCDefgh012345678",
    ),
    ("F6395211411234540458B8", "gdti+", "253/95211411234545678"),
    ("EA395211411234540458BA4A0CBE30EDE1B32DB0", "gdti++", "253/95211411234545678"),
    ("3C76451FD400C0E680003039", "cpi-96", "cpi:9521141.98765.12345"),
    ("3D76451FD75411DEF6B4CC00000003039000", "cpi-var", "cpi:9521141.5PQ7%2FZ43.12345"),
    ("F0395211415E87A145BAFB4D19A8C0E4", "cpi+", "8010/95211415PQ7%2FZ43/8011/12345"),
    (
        "E6395211415E87A145BAFB4D19A8C0E64A0CBE30EDE1B32DB000",
        "cpi++",
        "8010/95211415PQ7%2FZ43/8011/12345",
    ),
    ("3F76451FD612640000019907", "sgcn-96", "sgcn:9521141.67890.04711"),
    ("F839521141678909509338", "sgcn+", "255/952114167890904711"),
    ("EC3952114167890950933C94197C61DBC3665B60", "sgcn++", "255/952114167890904711"),
    ("4076451FD40C0E40820000000F54", "itip-110", "itip:9521141.012345.01.02.981"),
    (
        "4176451FD40C0E4082DBDD8B36600000000000000000000000000000",
        "itip-212",
        "itip:9521141.012345.01.02.mw133",
    ),
    ("F3309521141123454010266AE27FDF35", "itip+", "8006/095211411234540102/21/rif981"),
    (
        "ED309521141123454010266AE27FDF3592832F8C3B786CCB6C00",
        "itip++",
        "8006/095211411234540102/21/rif981",
    ),
    ("3500E86F8000A9E000000586", "gid-96", "gid:952056.2718.1414"),
    ("2F320434147455900000162E", "usdod-96", "usdod:CAGEY.5678"),
    ("3B0E0CF5E76C9047759AD00373DC7602E7200", "adi-var", "adi:35962.PQ7VZ4.M37GXB92"),
]
"""The rest of annex E.3, each with its pure identity URN or, behind `+`, its Digital Link."""


def memory_of(text: str) -> bytes:
    """EPC memory of the standard's hex, in whole words."""
    return bytes.fromhex(text + "0" * (-len(text) % 4))


@pytest.mark.parametrize(("memory", "scheme", "gtin", "serial"), TRADE_ITEMS)
def test_trade_items_of_the_standard(memory, scheme, gtin, serial):
    epc = decode_epc(memory_of(memory))
    assert (epc.scheme, epc.gtin, epc.serial) == (scheme, gtin, serial)


@pytest.mark.parametrize(("memory", "scheme", "identity"), OTHER_KEYS)
def test_other_keys_of_the_standard_are_told_apart_and_are_no_gtin(memory, scheme, identity):
    epc = decode_epc(memory_of(memory))
    assert epc.scheme == scheme
    assert epc.urn == (LINK if "+" in scheme else URN) + identity
    assert (epc.gtin, epc.serial) == (None, None)
    again = parse_epc_text(epc.urn)
    assert again.urn == epc.urn
    assert again.scheme == scheme.partition("-")[0].replace("++", "+")


@pytest.mark.parametrize("memory", [row[0] for row in (*TRADE_ITEMS, *OTHER_KEYS)])
def test_no_bit_of_the_standards_vectors_makes_another_error_than_ours(memory):
    sound = memory_of(memory)
    for bit in range(8 * len(sound)):
        value = int.from_bytes(sound, "big") ^ 1 << bit
        with contextlib.suppress(EpcError):
            decode_epc(value.to_bytes(len(sound), "big"))
    for length in range(len(sound)):
        with contextlib.suppress(EpcError):
            decode_epc(sound[:length])


@pytest.mark.parametrize(
    ("memory", "scheme"),
    [
        ("E2801170000002019F3CAB12", "unprogrammed"),
        ("000000000000000000000313", "unprogrammed"),
        ("49440000000000000A000334", "unknown"),
        ("FE0000000000000000000000", "unknown"),
        ("3A76451FD460720000000000000000", "gdti-113"),
    ],
)
def test_what_is_no_key_of_gs1_keeps_its_bytes(memory, scheme):
    epc = decode_epc(bytes.fromhex(memory))
    assert (epc.scheme, epc.gtin) == (scheme, None)
    assert epc.urn == f"urn:epc:raw:{4 * len(memory)}.x{memory}"


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
        ("FB372CDE795211411234538566CB0AFC4000", "date of kind 7"),
        ("F737952114112345305FFFF80000", "more digits"),
        ("F7379521141123453C5" + "0" * 9, "encoding 6"),
        # partition 7 of each classic key
        ("311FA1B300CE0A6A83000000", "partition 7"),
        ("327E451FD46072000000162E", "partition 7"),
        ("337E451FD40C0E400000162E", "partition 7"),
        ("347E451FD40000000000162E", "partition 7"),
        ("387E451FD59B2C2BF10000000000000000000000000000000000", "partition 7"),
        ("407E451FD40C0E40820000000F54", "partition 7"),
        # company of partition 5 (7 digits, 24 bits) = 2^24 - 1
        ("3277FFFFFC6072000000162E", "too many digits"),
        ("3377FFFFFC0C0E400000162E", "too many digits"),
        ("3477FFFFFC0000000000162E", "too many digits"),
        ("3C76451FD7FFFFFFFFFFFFFF", "too many digits"),
        # the reserved bits of SSCC-96, piece 127 of ITIP-110, a numeric string without its 1
        ("311BA1B300CE0A6A83000001", "not zero"),
        ("4076451FD40C0E7F820000000F54", "piece"),
        ("3F76451FD612640000000007", "begins with 1"),
        # digits above 9, check digits and lengths of the + schemes
        ("F900952012345678912A5000", "digit above 9"),
        ("F90095201234567891236000", "check digit"),
        ("F2395211411234558566CB0AFC400000", "check digit"),
        ("F13195211411234548566CB0AFC4", "begins with 0"),
        ("FA395211413DE83C2BF10000", "digit above 9"),
        ("F83952114167890900000000", "0 characters"),
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
        "https://id.gs1.org/01/03453120000011",
        "https://id.gs1.org/00/095201234567891236",
        "https://id.gs1.org/00/09520123456789123",
        "https://id.gs1.org/414/952114112345x/254/5",
        "https://id.gs1.org/414/٩521141123454/254/5",
        "urn:epc:id:sscc:0614141.123456789٠",
        "urn:epc:id:sscc:0614141.123456789",
        "urn:epc:id:sgln:0614141.123456.0",
        "urn:epc:id:grai:06141.1234567.5",
        "urn:epc:id:sscc:0614141.12345678x0",
    ],
)
def test_text_that_is_no_epc(text):
    with pytest.raises(EpcError):
        parse_epc_text(text)


def test_other_urns_keep_their_scheme():
    assert parse_epc_text("urn:epc:id:sscc:0614141.1234567890").scheme == "sscc"


@pytest.mark.parametrize(
    "text",
    [
        "https://id.gs1.org/01/79521141123453/21/32a%2Fb",
        "https://id.gs1.org/01/79521141123453/21/32a%2Fb?17=220630",
        "http://shop.example/some/path/01/79521141123453/22/v/10/L-7/21/32a%2fb?17=220630#x",
    ],
)
def test_all_links_of_one_item_are_one_epc(text):
    tag = decode_epc(memory_of("F73795211411234538566CB0AFC4"))
    assert parse_epc_text(text) == tag


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
    memory = encode_sgtin198(gtin, company, serial)
    epc = decode_epc(memory)
    assert (epc.gtin, epc.serial) == (gtin, serial)
    assert parse_epc_text(epc.urn) == epc
    valid, column, serials = sgtin198_columns(np.frombuffer(memory, np.uint8)[None])
    assert valid.all()
    assert (f"{int(column[0]):014d}", serials[0].decode()) == (gtin, serial)


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


@given(
    st.lists(
        st.tuples(gtins, companies, st.text(SERIAL_CHARACTERS, min_size=1, max_size=20)),
        min_size=1, max_size=9,
    ),
    st.lists(st.tuples(st.integers(0, 8), st.integers(8, 197)), max_size=9),
)  # fmt: skip
def test_long_columns_agree_with_the_scalar_decoder(tags, flipped):
    table = np.stack([np.frombuffer(encode_sgtin198(*tag)[:25], np.uint8) for tag in tags]).copy()
    for row, bit in flipped:
        table[row % len(tags), bit // 8] ^= 128 >> bit % 8
    valid, gtin, serial = sgtin198_columns(table)
    for i, memory in enumerate(table):
        try:
            epc = decode_epc(memory.tobytes() + b"\0")
        except EpcError:
            assert not valid[i]
        else:
            assert valid[i]
            assert (f"{int(gtin[i]):014d}", serial[i].decode()) == (epc.gtin, epc.serial)


@given(st.binary(max_size=64))
def test_any_bytes_are_an_epc_or_an_epc_error(memory):
    with contextlib.suppress(EpcError):
        decode_epc(memory)


@given(st.text(max_size=80))
def test_any_text_is_an_epc_or_an_epc_error(text):
    for written in (
        text,
        "urn:epc:id:sgtin:3453120.000001." + text,
        "urn:epc:id:sscc:" + text,
        "https://id.gs1.org/01/" + text,
        "https://id.gs1.org/8003/" + text,
    ):
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
    assert len(naming.items) == 10


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
