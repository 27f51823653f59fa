"""What the virtual till posts, read back by the real parsers; and a page that is not there yet."""

from __future__ import annotations

import asyncio
import contextlib
import json

import pytest

from drivers.observations import Delivery, DeliveryLine, Line, Return, Sale, Stocktake
from drivers.pos.bodies import parse_delivery, parse_return, parse_sale, parse_stocktake
from gateway.demo import till as till_module
from gateway.demo.till import HttpTill, posting, price

T = 1_763_740_800.25
GTIN = "03453120002220"
URN = "urn:epc:id:sgtin:3453120.000222.7"
FACTS = [
    (
        Sale(
            "till",
            T,
            T,
            "R-1",
            (Line(GTIN, 2, amount=2 * price(GTIN)), Line(GTIN, 1, URN, price(GTIN))),
        ),
        parse_sale,
        "sales",
    ),
    (Return("till", T, T, "R-2", (Line(GTIN, 1),)), parse_return, "returns"),
    (
        Delivery("backoffice", T, T, "D-1", (DeliveryLine(GTIN, 2, ("30" * 12,)),)),
        parse_delivery,
        "deliveries",
    ),
    (Stocktake("backoffice", T, T, GTIN, 7), parse_stocktake, "stocktakes"),
    (Stocktake("backoffice", T, T, GTIN, 0, "shelf-a"), parse_stocktake, "stocktakes"),
]


@pytest.mark.parametrize(("fact", "parse", "place"), FACTS)
def test_what_is_posted_is_the_fact(fact, parse, place):
    path, body = posting(fact)
    assert path == f"/api/v1/{place}"
    assert parse(json.loads(json.dumps(body)), src=fact.src, at=T) == fact


class Page:
    """Answers each request with the next of `answers`, the last of them for ever."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.asked: list[bytes] = []

    async def __call__(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        self.asked.append(head + await reader.readexactly(length))
        writer.write(self.answers[0] if len(self.answers) == 1 else self.answers.pop(0))
        await writer.drain()
        writer.close()
        await writer.wait_closed()


def answer(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()


@contextlib.asynccontextmanager
async def selling(page, till):
    async with await asyncio.start_server(page, "127.0.0.1", 0) as server:
        task = asyncio.create_task(till.run(server.sockets[0].getsockname()[1]))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait((task,))


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_fact_is_posted_again_until_it_is_taken(monkeypatch):
    monkeypatch.setattr(till_module, "AGAIN_SECONDS", 0.01)
    page = Page(answer("429 Too Many Requests"), b"", b"nonsense\r\n", answer("201 Created"))
    till = HttpTill()
    async with selling(page, till):
        till.ring_up(FACTS[0][0])
        till.ring_up(FACTS[1][0])
        await until(lambda: till.counts["taken"] == 2)
    assert till.counts == {"again": 3, "taken": 2}
    assert [b"POST /api/v1/sales " in one for one in page.asked] == [True] * 4 + [False]
    assert page.asked[-1].startswith(b"POST /api/v1/returns HTTP/1.1\r\n")


async def test_a_refusal_is_counted_and_holds_nobody_up(caplog):
    till = HttpTill()
    async with selling(Page(answer("422 Unprocessable"), answer("200 OK")), till):
        till.ring_up(FACTS[0][0])
        till.ring_up(FACTS[1][0])
        await until(lambda: till.counts["taken"])
    assert till.counts == {"refused": 1, "taken": 1}
    assert "refused: 422" in caplog.text


def test_what_waits_is_bounded(monkeypatch):
    monkeypatch.setattr(till_module, "WAITING_MOST", 3)
    till = HttpTill()
    for fact, *_ in FACTS:
        till.ring_up(fact)
    assert till.counts == {"dropped": 2}
