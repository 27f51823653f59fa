"""The till and the back office of the virtual store: facts posted to the gateway over HTTP.

Facts wait in a bounded queue and go out one by one, in order, each again until it was taken: its id
makes that safe. A stocktake has no id and may be counted twice, which changes nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter, deque

from drivers.observations import Delivery, Fact, Return, Sale, Stocktake
from drivers.pos.money import decimal_text

log = logging.getLogger(__name__)

ANSWER_SECONDS = 5.0
AGAIN_SECONDS = 0.5
WAITING_MOST = 10_000
TAKEN, TRY_AGAIN = (200, 201), (429, 503)


class HttpTill:
    """Posts facts to the page's port on this machine.

    Attributes:
        counts: `taken`, `refused`, `again`, `dropped`, only ever growing.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._waiting: deque[Fact] = deque()
        self._more = asyncio.Event()

    def ring_up(self, fact: Fact) -> None:
        """Have a fact posted; the oldest is dropped when nobody has taken any for long."""
        if len(self._waiting) >= WAITING_MOST:
            self._waiting.popleft()
            self.counts["dropped"] += 1
        self._waiting.append(fact)
        self._more.set()

    async def run(self, port: int) -> None:
        """Post what waits, until cancelled."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                if await self._post(port, self._waiting[0]):
                    self._waiting.popleft()
                else:
                    self.counts["again"] += 1
                    await asyncio.sleep(AGAIN_SECONDS)

    async def _post(self, port: int, fact: Fact) -> bool:
        path, body = posting(fact)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answered = await _http_post(port, path, json.dumps(body).encode())
        except (OSError, TimeoutError):
            return False
        if answered in TRY_AGAIN:
            return False
        if answered not in TAKEN:
            log.warning("the till's post to %s was refused: %s", path, answered)
        self.counts["taken" if answered in TAKEN else "refused"] += 1
        return True


def price(gtin: str) -> int:
    """What an article of the virtual store costs, in hundredths: made up, always the same."""
    return 995 + 500 * (int(gtin[-6:]) % 13)


def posting(fact: Fact) -> tuple[str, dict[str, object]]:
    """Where a fact goes and as what, by the local API."""
    match fact:
        case Sale() | Return():
            sold = isinstance(fact, Sale)
            lines: list[dict[str, object]] = [
                {"gtin": line.gtin, "qty": line.qty}
                | ({"epc": line.epc} if line.epc else {})
                | ({"amount": decimal_text(price(line.gtin) * line.qty)} if sold else {})
                for line in fact.lines
            ]
            path = "/api/v1/sales" if sold else "/api/v1/returns"
            return path, {"t": fact.t, "id": fact.id, "lines": lines}
        case Delivery():
            lines = [
                {"gtin": line.gtin, "qty": line.qty, "epcs": list(line.epcs)} for line in fact.lines
            ]
            return "/api/v1/deliveries", {"t": fact.t, "id": fact.id, "lines": lines}
        case Stocktake():
            body: dict[str, object] = {"t": fact.t, "gtin": fact.gtin, "qty": fact.qty}
            return "/api/v1/stocktakes", body | ({"zone": fact.zone} if fact.zone else {})


async def _http_post(port: int, path: str, body: bytes) -> int:
    """The status of one POST to this machine (RFC 9112; one request a connection).

    Raises:
        OSError: nobody there, or no HTTP answer.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        parts = (await reader.read()).split(maxsplit=2)
    finally:
        writer.close()
    if len(parts) < 2 or not parts[1].isdigit():
        raise ConnectionError("no HTTP answer")
    return int(parts[1])
