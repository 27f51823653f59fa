"""Digest authentication: the examples of RFC 7616, and whom we cannot answer."""

from __future__ import annotations

import pytest

from drivers.door.http_digest import Challenge, authorization, choose

NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


def header(algorithm: str) -> str:
    return (
        f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
        f'nonce="{NONCE}", opaque="{OPAQUE}"'
    )


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_the_standard(algorithm: str, response: str) -> None:
    challenge = choose([header(algorithm)])
    assert challenge is not None
    said = authorization(challenge, "GET", "/dir/index.html", "Mufasa", "Circle of Life", CNONCE, 1)
    assert f'response="{response}"' in said
    assert f'opaque="{OPAQUE}"' in said
    assert "nc=00000001" in said


def test_the_older_form_without_qop() -> None:
    # RFC 2069's own example, with the response corrected by its errata.
    challenge = choose(
        ['Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"']
    )
    assert challenge == Challenge("testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093")
    said = authorization(challenge, "GET", "/dir/index.html", "Mufasa", "CircleOfLife", "", 1)
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in said
    assert "cnonce" not in said


def test_the_stronger_algorithm_is_chosen() -> None:
    challenge = choose(["Basic realm=x", header("MD5"), header("SHA-256"), header("MD5-sess")])
    assert challenge is not None
    assert (challenge.algorithm, challenge.session) == ("SHA-256", False)


def test_a_session_algorithm_is_its_own() -> None:
    challenge = choose([header("MD5-sess")])
    assert challenge is not None
    assert challenge.session
    assert "algorithm=MD5-sess" in authorization(challenge, "GET", "/", "u", "p", "c", 2)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["Basic realm=x"],
        ["Digest realm=x"],
        [header("SHA-512-256")],
        ['Digest nonce="a", qop="auth-int"'],
    ],
)
def test_whom_we_cannot_answer(headers: list[str]) -> None:
    assert choose(headers) is None
