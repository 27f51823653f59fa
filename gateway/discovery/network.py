"""LLRP readers on a network: who takes a connection on port 5084 and greets as a reader does.

A reader greets at once, with a ConnectionAttemptEvent (LLRP 1.0.1, section 16.2.7.6.10). It takes
one client: to one that is busy we are refused, which is an answer, too. We say goodbye at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import ipaddress
import socket
import struct
from collections.abc import Iterable

from drivers.rfid.llrp.events import CONNECTION_REFUSED
from drivers.rfid.llrp.framing import Framing, ProtocolError
from drivers.rfid.llrp.parameters import decode_body, message
from drivers.rfid.llrp.shapes import MessageType, P
from gateway.discovery.found import Found, quoted

PORT = 5084
CONNECT_SECONDS = 1.0
GREETING_SECONDS = 3.0
AT_ONCE = 64
"""Half-open connections at a time: a shop's router keeps count of them."""
ADDRESSES_MOST = 1_024
"""A /22; looking through more than that takes minutes and looks like an attack."""
_SIOCGIFADDR, _SIOCGIFNETMASK = 0x8915, 0x891B


class TooLarge(ValueError):
    """The network has more addresses than are looked through; the message says so."""


def network_of(text: str) -> ipaddress.IPv4Network:
    """`192.168.1.0/24`, or one address.

    Raises:
        ValueError: it is no IPv4 network. `TooLarge`: it has too many addresses.
    """
    network = ipaddress.IPv4Network(text, strict=False)
    if network.num_addresses > ADDRESSES_MOST:
        raise TooLarge(f"{network} has {network.num_addresses} addresses; at most /22 is looked at")
    return network


def own_networks() -> list[ipaddress.IPv4Network]:
    """The IPv4 networks of this machine, loopback left out; of a large one the /24 around us."""
    found: set[ipaddress.IPv4Network] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            try:
                address = _of_interface(asking, name, _SIOCGIFADDR)
                mask = _of_interface(asking, name, _SIOCGIFNETMASK)
            except OSError:
                continue  # No IPv4 address.
            network = ipaddress.IPv4Network(f"{address}/{mask}", strict=False)
            if network.num_addresses > ADDRESSES_MOST:
                network = ipaddress.IPv4Network(f"{address}/24", strict=False)
            if not network.is_loopback:
                found.add(network)
    return sorted(found)


async def readers(networks: Iterable[ipaddress.IPv4Network], port: int = PORT) -> list[Found]:
    """Every reader that greets us, by address."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def look(host: str) -> Found | None:
        async with turn:
            return await greeted(host, port)

    hosts = dict.fromkeys(str(host) for network in networks for host in network.hosts())
    answers = await asyncio.gather(*(look(host) for host in hosts))
    return [found for found in answers if found is not None]


async def greeted(host: str, port: int = PORT) -> Found | None:
    """The reader at `host`; None where nobody takes the connection or greets as one."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return None
    try:
        async with asyncio.timeout(GREETING_SECONDS):
            status = await _greeting(reader)
        if status == 0:
            writer.write(message(MessageType.CLOSE_CONNECTION, 1).to_bytes())
            await writer.drain()
    except (OSError, TimeoutError, ProtocolError):
        return None
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    if status is None:
        return None
    facts = {} if status == 0 else {"busy": CONNECTION_REFUSED.get(status, "refused us")}
    where = host if port == PORT else f"{host}:{port}"
    return Found("reader", where, "llrp", facts, (f"address = {quoted(where)}",))


async def _greeting(reader: asyncio.StreamReader) -> int | None:
    """The status of the first ConnectionAttemptEvent; None when the stream ends without one."""
    framing = Framing(max_message_bytes=4_096)
    while data := await reader.read(4_096):
        for received in framing.feed(data):
            if received.type != MessageType.READER_EVENT_NOTIFICATION:
                continue
            said = decode_body(received).parameter(P.READER_EVENT_NOTIFICATION_DATA)
            event = None if said is None else said.child(P.CONNECTION_ATTEMPT_EVENT)
            if event is not None:
                return event.number("status")
    return None


def _of_interface(asking: socket.socket, name: str, what: int) -> str:
    """An IPv4 address of an interface (netdevice(7): `struct ifreq`, the address at byte 20)."""
    answer = fcntl.ioctl(asking.fileno(), what, struct.pack("256s", name.encode()[:15]))
    return socket.inet_ntoa(answer[20:24])
