"""One HTTP POST to whoever asked to be called, and to nobody else.

The gateway stands inside the store's network, so an address that somebody else chose must not make
it a door into other networks. It calls loopback and private addresses (RFC 1918, RFC 4193) alone
unless the config opens that. A name is resolved once and the very address that was judged is
connected to. Link-local addresses are never called: a cloud's metadata service listens there.
Redirects are not followed, no secret is sent, nothing of the answer but its status is read.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from gateway import __version__

ADDRESS_LONGEST = 500
CALL_SECONDS = 10.0
PORTS = {"http": 80, "https": 443}
TRY_LATER = (408, 425, 429)
"""Of the 4xx answers those that say: not now (RFC 9110, RFC 8470, RFC 6585)."""

Ip: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_OF_THE_STORE = [
    ipaddress.ip_network(net)
    for net in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7")
]


class CallFailed(Exception):
    """The call did not arrive; one plain line. `final`: trying again would not help."""

    def __init__(self, line: str, *, final: bool = False) -> None:
        super().__init__(line)
        self.final = final


@dataclass(frozen=True, slots=True)
class Address:
    """A callback's address taken apart. `target` is path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def named(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def read_address(url: str, *, anywhere: bool) -> Address:
    """Take `url` apart.

    Raises:
        ValueError: no http or https address, one with a secret in it, or one that is not called.
    """
    if len(url) > ADDRESS_LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError(f"must be an address of at most {ADDRESS_LONGEST} ASCII characters")
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("must be an http or https address")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not have a user or a password in it")
    port = parts.port or PORTS[parts.scheme]
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        literal: Ip | None = ipaddress.ip_address(parts.hostname)
    except ValueError:
        literal = None
    if literal is not None and not may_call(literal, anywhere=anywhere):
        raise ValueError("is no address of the store's own network")
    return Address(parts.scheme, parts.hostname, port, target)


def may_call(ip: Ip, *, anywhere: bool) -> bool:
    """Whether the gateway calls `ip`."""
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if any(ip.version == net.version and ip in net for net in _OF_THE_STORE):
        return True
    return anywhere and ip.is_global and not ip.is_multicast


async def call(url: str, body: Mapping[str, object], *, anywhere: bool) -> None:
    """POST `body` as JSON; comes back when a 2xx arrived.

    Raises:
        CallFailed: whatever went wrong.
    """
    try:
        address = read_address(url, anywhere=anywhere)
    except ValueError as wrong:
        raise CallFailed(str(wrong), final=True) from wrong
    try:
        async with asyncio.timeout(CALL_SECONDS):
            status = await _post(address, json.dumps(body).encode(), anywhere=anywhere)
    except TimeoutError as late:
        raise CallFailed(f"no answer in {CALL_SECONDS:.0f} s") from late
    except (OSError, UnicodeError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as lost:
        raise CallFailed(str(lost) or type(lost).__name__) from lost
    if not 200 <= status < 300:
        final = 300 <= status < 500 and status not in TRY_LATER
        raise CallFailed(f"answered {status}", final=final)


async def _post(address: Address, body: bytes, *, anywhere: bool) -> int:
    ip = await _resolved(address, anywhere=anywhere)
    secured = ssl.create_default_context() if address.scheme == "https" else None
    reader, writer = await asyncio.open_connection(
        ip, address.port, ssl=secured, server_hostname=address.host if secured else None
    )
    try:
        head = (
            f"POST {address.target} HTTP/1.1\r\nHost: {address.named}\r\n"
            f"User-Agent: shelfcast/{__version__}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode("ascii") + body)
        await writer.drain()
        return _status(await reader.readuntil(b"\r\n"))
    finally:
        writer.transport.abort()


async def _resolved(address: Address, *, anywhere: bool) -> str:
    """The first address of the host that may be called."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    for *_, place in found:
        ip = ipaddress.ip_address(str(place[0]).partition("%")[0])
        if may_call(ip, anywhere=anywhere):
            return str(ip)
    raise CallFailed(f"{address.host} is no address of the store's own network", final=True)


def _status(line: bytes) -> int:
    words = line.split(None, 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
        raise CallFailed("did not answer in HTTP")
    return int(words[1])
