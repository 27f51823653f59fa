from __future__ import annotations

import pytest

from gateway.uplink.settings import Address, UplinkSettings, address_of


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mqtts://hq.example:8884", Address("hq.example", 8884, tls=True)),
        ("mqtts://hq.example", Address("hq.example", 8883, tls=True)),
        ("mqtt://[::1]", Address("::1", 1883, tls=False)),
        ("ws://hq/feed", Address("hq", 80, tls=False, path="/feed")),
        ("wss://hq:8443", Address("hq", 8443, tls=True, path="/mqtt")),
    ],
)
def test_an_address_is_read(url: str, address: Address) -> None:
    assert address_of(url) == address


@pytest.mark.parametrize(
    "url", ["hq.example", "tcp://hq", "mqtt://", "mqtt://u:p@hq", "mqtt://hq:99999", ""]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        address_of(url)


def test_a_secret_is_not_shown() -> None:
    assert "s3cret" not in repr(UplinkSettings("PAR-01", "mqtt://hq", password="s3cret"))
