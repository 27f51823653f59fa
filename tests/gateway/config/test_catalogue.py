from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.gtin import check_digit
from gateway.config.catalogue import MAX_FAULTS, CatalogueRow, read_catalogue, read_planogram

COAT, BLUE, RED = "03453120000011", "03453120000028", "03453120000035"
HEADER = "gtin,name,name_en,variant_of,attributes,unit_grams,low,safety\n"


def faults_of(text: str) -> list[tuple[int, str, str]]:
    _, faults = read_catalogue(text.encode(), "catalogue.csv")
    return [(fault.line, fault.key, f"{fault.wrong}; {fault.right}") for fault in faults]


def test_a_row_with_everything() -> None:
    rows, faults = read_catalogue(
        f"{HEADER}{COAT},Manteau,Coat,,,,,\n"
        f'{BLUE},"Manteau, bleu",Coat blue,3453120000011,couleur=bleu,812.5,2,1\n'.encode(),
        "catalogue.csv",
    )
    assert faults == []
    assert rows[COAT] == CatalogueRow(COAT, "Manteau", "Coat")
    assert rows[BLUE] == CatalogueRow(
        BLUE, "Manteau, bleu", "Coat blue", COAT, {"couleur": "bleu"}, 812.5, 2, 1
    )


@pytest.mark.parametrize(
    "text",
    [
        f"gtin;name;unit_grams\r\n{COAT};Manteau;1,5\r\n",
        f"\ufeffname;unit_grams;gtin\n Manteau ; 1.5 ; {COAT} \n\n",
        "GTIN\tName\tunit_grams\n3453120000011\tManteau\t1.5",
    ],
)
def test_what_spreadsheets_write(text: str) -> None:
    rows, faults = read_catalogue(text.encode(), "catalogue.csv")
    assert faults == []
    assert rows == {COAT: CatalogueRow(COAT, "Manteau", unit_grams=1.5)}


@pytest.mark.parametrize(
    ("cell", "attributes"),
    [
        ('"{""taille"": 42}"', {"taille": "42"}),
        ("taille=42;couleur=bleu", {"taille": "42", "couleur": "bleu"}),
        ("taille=42|couleur=bleu", {"taille": "42", "couleur": "bleu"}),
        ("écru", {"écru": ""}),
        ("", {}),
    ],
)
def test_attributes_as_people_write_them(cell: str, attributes: dict[str, str]) -> None:
    rows, faults = read_catalogue(f"gtin,attributes\n{COAT},{cell}\n".encode(), "c.csv")
    assert faults == []
    assert rows[COAT].attributes == attributes


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("03453120000012,Faux", "gtin", "the last digit should be 1"),
        ("3.45312E+12,Faux", "gtin", "format the column as text"),
        (",Sans code", "gtin", "empty"),
        ("12345,Court", "gtin", "8, 12, 13 or 14 digits"),
        (f"{BLUE},Faux,,,,-5", "unit_grams", "cannot be"),
        (f"{BLUE},Faux,,,,nan", "unit_grams", "cannot be"),
        (f"{BLUE},Faux,,,,heavy", "unit_grams", "no number"),
        (f"{BLUE},Faux,,,,,-1", "low", "cannot be"),
        (f"{BLUE},Faux,,,,,1.5", "low", "whole number"),
        (f"{BLUE},Faux,,,,,,9999999", "safety", "from 0 to"),
        (f'{BLUE},Faux,,,"{{""a"": ",', "attributes", "JSON"),
        (f"{COAT},Encore", "gtin", "stands on line 2 already"),
        (f"{BLUE},Trop,,,,,,,9", "", "more cells than columns"),
    ],
)
def test_a_row_that_cannot_stand_is_left_out_and_the_rest_stands(
    row: str, column: str, said: str
) -> None:
    text = f"{HEADER}{COAT},Manteau\n{row}\n{RED},Rouge\n"
    if RED in row:
        text = text.replace(f"{RED},Rouge\n", "")
    ((line, where, what),) = faults_of(text)
    assert (line, where) == (3, column)
    assert said in what
    rows, _ = read_catalogue(text.encode(), "catalogue.csv")
    assert set(rows) == ({COAT} if RED in row else {COAT, RED})


def test_lines_are_those_of_the_file_not_of_the_rows() -> None:
    assert faults_of(f'gtin,name\n{COAT},"deux\nlignes"\n\n1,x\n')[0][:2] == (5, "gtin")


@pytest.mark.parametrize(
    ("cell", "model"),
    [(COAT[1:], COAT), (BLUE, BLUE), (RED, RED), ("JEAN-501", "JEAN-501"), ("", None)],
)
def test_a_model_is_a_gtin_or_a_name_and_never_refuses_a_row(cell: str, model: str | None) -> None:
    rows, faults = read_catalogue(f"gtin,name,variant_of\n{BLUE},b,{cell}\n".encode(), "c.csv")
    assert faults == []
    assert rows[BLUE].variant_of == model


def test_a_weight_of_zero_is_a_weight_nobody_knows() -> None:
    rows, faults = read_catalogue(f"gtin,unit_grams\n{BLUE},0\n".encode(), "c.csv")
    assert (rows[BLUE].unit_grams, faults) == (None, [])


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("gtni,name", [("gtni", 'unknown column; did you mean "gtin"?'), ("gtin", "missing")]),
        ("gtin,name,name", [("name", "column stands twice")]),
        ("", [("gtin", "missing column")]),
    ],
)
def test_a_header_that_cannot_stand(header: str, said: list[tuple[str, str]]) -> None:
    found = faults_of(f"{header}\n")
    assert [(line, column) for line, column, _ in found] == [(1, column) for column, _ in said]
    assert all(piece in what for (_, _, what), (_, piece) in zip(found, said, strict=True))


def test_another_encoding_is_said_once_and_the_rows_stand() -> None:
    data = f"gtin,name\n{COAT},Café\n".encode("latin-1")
    rows, (fault,) = read_catalogue(data, "catalogue.csv")
    assert (fault.line, fault.wrong) == (2, "not UTF-8")
    assert COAT in rows


def test_the_planogram_knows_zones_and_articles() -> None:
    text = (
        f"zone,gtin,capacity\na,{COAT},4\nb,{COAT},1\na,{BLUE},1\na,3453120000011,9\na,{RED},-1\n"
    )
    places, faults = read_planogram(text.encode(), "p.csv", ["a"], {COAT, RED})
    assert places == {("a", COAT): 4}
    assert [(fault.line, fault.key) for fault in faults] == [
        (3, "zone"),
        (4, "gtin"),
        (5, "gtin"),
        (6, "capacity"),
    ]
    free, _ = read_planogram(text.encode(), "p.csv", ["a"], None)
    assert free == {("a", COAT): 4, ("a", BLUE): 1}


def test_faults_of_a_file_are_bounded() -> None:
    assert len(faults_of("gtin\n" + "1\n" * 5000)) == MAX_FAULTS + 1


@given(st.binary(max_size=300))
def test_no_bytes_are_too_strange(data: bytes) -> None:
    read_catalogue(data, "c.csv")
    read_catalogue(b"gtin,name,attributes\n" + data, "c.csv")
    read_planogram(b"zone,gtin,capacity\n" + data, "p.csv", ["a"], None)


def test_a_hundred_thousand_rows_are_read_in_a_moment() -> None:
    bodies = [f"0345312{number:06d}" for number in range(100_000)]
    lines = [f"{body}{check_digit(body)},Article,,,taille=4,150,2," for body in bodies]
    data = (HEADER + "\n".join(lines)).encode()
    begun = time.process_time()
    rows, faults = read_catalogue(data, "catalogue.csv")
    assert (len(rows), faults) == (100_000, [])
    assert time.process_time() - begun < 4  # 0.9 s measured; room for a slow machine
