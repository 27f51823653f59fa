"""What scanners and people hand over, as GTINs."""

from __future__ import annotations

import pytest

from gateway.web.codes import gtin_in

SCARF = "03453120000011"


@pytest.mark.parametrize(
    "text",
    [
        SCARF,
        "3453120000011",
        " 3 453120 000011 ",
        "3-453120-000011",
        "]E03453120000011",
        "https://id.example.com/01/03453120000011",
        "https://id.example.com/01/3453120000011?lang=fr",
        "https://example.com/some/where/01/03453120000011/10/LOT7/21/ABC",
        "http://192.168.1.5:8080/01/03453120000011/21/77#x",
        "https://example.com/gtin/03453120000011",
        "(01)03453120000011(21)77",
        "]d20103453120000011215A77",
        "\x1d010345312000001121ABC",
        "0103453120000011",
        "01034531200000112177",
    ],
)
def test_one_code_in_many_clothes(text: str) -> None:
    assert gtin_in(text) == SCARF


@pytest.mark.parametrize(
    "text",
    [
        "",
        "manteau 38",
        "38",
        "3453120000012",
        "https://example.com/02/03453120000011",
        "https://example.com/01/034531200000110",
        "01" + "9" * 20,
        "1" * 400,
    ],
)
def test_what_is_no_code(text: str) -> None:
    assert gtin_in(text) is None


def test_short_gtins() -> None:
    assert gtin_in("96385074") == "00000096385074"
    assert gtin_in("614141000036") == "00614141000036"
