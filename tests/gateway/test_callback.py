"""Who is called and who is not; real sockets on this machine."""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.callback import CallFailed, call, may_call, read_address


@asynccontextmanager
async def listener(answer: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Somebody who takes one POST and says `answer`."""
    heard: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        heard.append(head + await reader.readexactly(size))
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], heard


async def test_a_call_arrives() -> None:
    async with listener(b"HTTP/1.1 204 No Content\r\n\r\n") as (port, heard):
        await call(f"http://127.0.0.1:{port}/back?a=1", {"gtin": "1"}, anywhere=False)
        await call(f"http://localhost:{port}", {"gtin": "2"}, anywhere=False)
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert head.startswith(f"POST /back?a=1 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n".encode())
    assert json.loads(body) == {"gtin": "1"}
    assert heard[1].startswith(b"POST / HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("answer", "final"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://example.com/\r\n\r\n", True),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", True),
        (b"HTTP/1.1 429 Too Many\r\n\r\n", False),
        (b"HTTP/1.1 500 Oh\r\n\r\n", False),
        (b"SSH-2.0-OpenSSH\r\n", False),
        (b"", False),
        (b"x" * 100_000, False),
    ],
)
async def test_what_is_no_success(answer: bytes, final: bool) -> None:
    async with listener(answer) as (port, _):
        with pytest.raises(CallFailed) as failed:
            await call(f"http://127.0.0.1:{port}/", {}, anywhere=False)
    assert failed.value.final is final


async def test_nobody_there_and_no_tls_there() -> None:
    async with listener(b"") as (port, _):
        with pytest.raises(CallFailed):
            await call(f"https://127.0.0.1:{port}/", {}, anywhere=False)
    with pytest.raises(CallFailed) as failed:
        await call(f"http://127.0.0.1:{port}/", {}, anywhere=False)
    assert failed.value.final is False


@pytest.mark.parametrize(
    ("ip", "shut", "anywhere"),
    [
        ("127.0.0.1", True, True),
        ("192.168.1.9", True, True),
        ("10.1.2.3", True, True),
        ("172.31.0.1", True, True),
        ("::1", True, True),
        ("fd12::1", True, True),
        ("::ffff:10.0.0.1", True, True),
        ("172.32.0.1", False, True),
        ("93.184.216.34", False, True),
        ("2606:2800:220:1::1", False, True),
        ("::ffff:93.184.216.34", False, True),
        ("169.254.169.254", False, False),
        ("fe80::1", False, False),
        ("0.0.0.0", False, False),
        ("224.0.0.1", False, False),
        ("255.255.255.255", False, False),
        ("100.64.0.1", False, False),
    ],
)
def test_who_may_be_called(ip: str, shut: bool, anywhere: bool) -> None:
    address = ipaddress.ip_address(ip)
    assert may_call(address, anywhere=False) is shut
    assert may_call(address, anywhere=True) is anywhere


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://10.0.0.1/",
        "http:///x",
        "http://a:b@10.0.0.1/",
        "http://10.0.0.1:99999/",
        "http://10.0.0.1/\r\nX: y",
        "http://10.0.0.1/a b",
        "http://8.8.8.8/",
        "http://169.254.169.254/latest",
        "http://[fe80::1]/",
        "http://10.0.0.1/" + "x" * 500,
        "http://été.example/",
    ],
)
def test_addresses_that_are_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match=r"must|address|Port"):
        read_address(url, anywhere=False)


async def test_a_name_that_leads_outside_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers with a metadata address cannot exist here, so it is played."""
    loop = asyncio.get_running_loop()

    async def lead_outside(*_: object, **__: object) -> list[object]:
        return [(0, 0, 0, "", ("169.254.169.254", 80)), (0, 0, 0, "", ("8.8.8.8", 80))]

    monkeypatch.setattr(loop, "getaddrinfo", lead_outside)
    with pytest.raises(CallFailed, match="own network") as failed:
        await call("http://inside.example/", {}, anywhere=False)
    assert failed.value.final
