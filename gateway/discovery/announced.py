"""Who says by itself on the network that it is a reader: mDNS (RFC 6762) with service types.

A reader may announce LLRP; Impinj's and Zebra's announce their web page under a name that begins
with the model. Only questions are sent, to a group that never leaves the local network; who answers
is not believed, but asked for its greeting like any other address.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from gateway.discovery.found import Found, quoted
from gateway.discovery.network import PORT, greeted

LLRP, WEB = "_llrp._tcp.local.", "_http._tcp.local."
LISTEN_SECONDS = 3.0
"""An answer comes within a second; a sleepy one after the second question (RFC 6762, 5.2)."""
ANSWER_MS = 1_000
MOST = 256
SILENT = {"LLRP": "it does not greet; is LLRP switched on, or over TLS alone?"}
_MODELS = re.compile(r"(speedwayr|xspan|xarray|xportal|impinj|fx[79]\d00)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Announced:
    """A host that says it is a reader, or is named like one; `port` is LLRP's."""

    name: str
    address: str
    port: int

    @property
    def where(self) -> str:
        """As `network` writes the place of a reader."""
        return self.address if self.port == PORT else f"{self.address}:{self.port}"


async def announced(
    seconds: float = LISTEN_SECONDS, zeroconf: AsyncZeroconf | None = None
) -> list[Announced]:
    """Ask and listen for `seconds`; every host once, by address. `zeroconf` is a test's.

    Raises:
        OSError: this machine has no network to ask on.
    """
    mdns = zeroconf or AsyncZeroconf(ip_version=IPVersion.V4Only)
    heard: set[tuple[str, str]] = set()

    def hear(
        zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        del zeroconf
        if state_change is not ServiceStateChange.Removed and len(heard) < MOST:
            heard.add((service_type, name))

    try:
        browser = AsyncServiceBrowser(mdns.zeroconf, [LLRP, WEB], handlers=[hear])
        await asyncio.sleep(seconds)
        await browser.async_cancel()
        infos = [AsyncServiceInfo(kind, name) for kind, name in sorted(heard)]
        await asyncio.gather(*(info.async_request(mdns.zeroconf, ANSWER_MS) for info in infos))
    finally:
        if zeroconf is None:
            await mdns.async_close()
    return _once(infos)


def _once(infos: Sequence[AsyncServiceInfo]) -> list[Announced]:
    """LLRP's own announcement before a web page's."""
    found: dict[str, Announced] = {}
    for info in sorted(infos, key=lambda info: info.type != LLRP):
        server = "".join(c for c in info.server or "" if c.isprintable()).rstrip(".")
        if info.type != LLRP and not _MODELS.match(server):
            continue
        port = info.port if info.type == LLRP and info.port else PORT
        for address in info.parsed_addresses(IPVersion.V4Only):
            found.setdefault(address, Announced(server, address, port))
    return [found[address] for address in sorted(found)]


async def with_names(scanned: Sequence[Found], names: Sequence[Announced]) -> list[Found]:
    """What was found by looking at addresses, and what announced itself; each once, with its name.

    Who was not found by its address is asked for its greeting now, one after the other.
    """
    found = {one.where: one for one in scanned}
    for one in names:
        where = one.where
        known = found.get(where) or await greeted(one.address, one.port)
        found[where] = replace(
            known or Found("reader", where, "llrp", SILENT, (f"address = {quoted(where)}",)),
            facts={"name": one.name, **(known.facts if known else SILENT)},
        )
    return list(found.values())
