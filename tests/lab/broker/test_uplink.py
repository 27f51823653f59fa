"""The uplink on a real broker, through what brokers do to their clients."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from gateway.uplink.link import LinkLost
from gateway.uplink.mqtt import Call, dial
from gateway.uplink.reach import NotConnected
from gateway.uplink.settings import Address, Pace, UplinkSettings
from gateway.uplink.shell import Uplink
from tests.gateway.uplink.stage import MemoryDesk, MemoryEvents, MemoryOutbox
from tests.lab.broker.certificates import Authority
from tests.lab.broker.hq import Hq, RealClock
from tests.lab.broker.mosquitto import Mosquitto, free_port, mosquitto, password_file

__all__ = ["mosquitto"]
pytestmark = pytest.mark.needs("mosquitto")

QUICK = Pace(
    spread=0.05,
    rows_a_second=5_000,
    patience=0.3,
    patience_most=1.0,
    retry_least=0.02,
    retry_first=0.1,
    retry_most=0.2,
)
BIRTH = "shelfcast/v1/0/PAR-01/birth"


@contextlib.asynccontextmanager
async def running(
    port: int,
    outbox: MemoryOutbox | None = None,
    events: MemoryEvents | None = None,
    **values: Any,
) -> AsyncIterator[Uplink]:
    url = f"{values.pop('scheme', 'mqtt')}://127.0.0.1:{port}{values.pop('path', '')}"
    settings = UplinkSettings("PAR-01", url, pace=QUICK, **values)
    uplink = Uplink(settings, outbox or MemoryOutbox(), MemoryDesk(), boot=3, events=events)
    task = asyncio.create_task(uplink.run(RealClock()))
    try:
        yield uplink
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def call(port: int, **values: Any) -> Call:
    address = Address("127.0.0.1", port, tls=bool(values.pop("tls", False)))
    return Call(address, "shelfcast-PAR-01", BIRTH, "{}", **values)


async def refusal(attempt: Call) -> str:
    with pytest.raises(NotConnected) as raised:
        async with dial(attempt, Counter()):
            raise AssertionError("connected")
    assert "\n" not in str(raised.value)
    return str(raised.value)


async def test_birth_is_seen_and_kept_and_a_clean_stop_says_offline(mosquitto: Mosquitto) -> None:
    hq = Hq(mosquitto.port)
    async with hq.open():
        async with running(mosquitto.port):
            await hq.until(lambda: hq.others.get("birth"))
            assert hq.others["birth"][0]["online"] is True
            async with aiomqtt.Client("127.0.0.1", mosquitto.port) as late:
                await late.subscribe(BIRTH)
                async with asyncio.timeout(5):
                    message = await anext(aiter(late.messages))
                assert message.retain
        await hq.until(lambda: len(hq.others["birth"]) == 2)
        assert hq.others["birth"][1] == {"online": False, "store": "PAR-01", "boot": 3}


async def test_a_broker_killed_in_mid_stream_costs_nothing(mosquitto: Mosquitto) -> None:
    outbox, hq, total = MemoryOutbox(), Hq(mosquitto.port), 1_500
    outbox.add(3, *range(1, total + 1))
    async with hq.open(), running(mosquitto.port, outbox) as uplink:
        for milestone in (100, 600):
            await hq.until(lambda enough=milestone: len(hq.committed) >= enough)
            mosquitto.kill()
            mosquitto.start()
        await hq.until(lambda: len(hq.committed) == total and not outbox.rows)
        assert hq.seqs(3) == list(range(1, total + 1))
        assert uplink.tally.acked == total
        assert uplink.tally.connects >= 3


async def test_what_a_broker_lost_goes_up_again_when_hq_stays_silent(mosquitto: Mosquitto) -> None:
    """Nobody listens at first: the broker takes every row, confirms it and throws it away."""
    outbox, hq = MemoryOutbox(), Hq(mosquitto.port)
    outbox.add(3, *range(1, 51))
    async with running(mosquitto.port, outbox) as uplink:
        async with asyncio.timeout(10):
            while uplink.tally.published < 50:
                await asyncio.sleep(0.01)
        assert len(outbox.rows) == 50
        async with hq.open():
            await hq.until(lambda: len(hq.committed) == 50)
            assert hq.seqs(3) == list(range(1, 51))


async def test_in_broker_mode_rows_leave_at_the_puback(mosquitto: Mosquitto) -> None:
    outbox = MemoryOutbox()
    outbox.add(3, *range(1, 101))
    async with running(mosquitto.port, outbox, ack="broker") as uplink, asyncio.timeout(10):
        while outbox.rows:
            await asyncio.sleep(0.01)
        assert uplink.tally.published == 100


async def test_a_dead_process_is_told_by_its_will(mosquitto: Mosquitto) -> None:
    hq = Hq(mosquitto.port)
    async with hq.open():
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.lab.broker.lone_uplink", mosquitto.url
        )
        await hq.until(lambda: hq.others.get("birth"))
        program.send_signal(signal.SIGKILL)
        await program.wait()
        await hq.until(lambda: len(hq.others["birth"]) == 2)
        assert hq.others["birth"][1] == {"online": False, "store": "PAR-01", "boot": 3}


async def test_a_publish_that_waits_does_not_outlive_its_connection(mosquitto: Mosquitto) -> None:
    async with dial(call(mosquitto.port), Counter()) as link:
        mosquitto.freeze()
        waiting = asyncio.create_task(link.publish_all([("t", "1"), ("t", "2")]))
        await asyncio.sleep(0)
        mosquitto.kill()
        async with asyncio.timeout(2):
            with pytest.raises(LinkLost, match=f"127.0.0.1:{mosquitto.port} is gone"):
                await waiting


async def test_a_wrong_password_is_one_plain_line(tmp_path: Path) -> None:
    file = password_file(tmp_path, **{"PAR-01": "right"})
    with Mosquitto(tmp_path, f"password_file {file}") as broker:
        said = await refusal(call(broker.port, username="PAR-01", password="wrong"))
        assert "refuses the user name or password" in said
        async with dial(call(broker.port, username="PAR-01", password="right"), Counter()):
            pass


async def test_no_broker_is_one_plain_line_and_no_spinning() -> None:
    port = free_port()
    assert await refusal(call(port)) == f"127.0.0.1:{port} refuses: no broker listens there"
    async with running(port) as uplink, asyncio.timeout(10):
        while uplink.tally.faults["not_connected"] < 3:
            await asyncio.sleep(0.01)


async def test_an_unknown_host_is_one_plain_line() -> None:
    address = Address("no-such-host.invalid", 1883, tls=False)
    said = await refusal(Call(address, "shelfcast-PAR-01", BIRTH, "{}"))
    assert said == "no-such-host.invalid:1883: there is no host of this name"


async def test_a_stop_does_not_wait_for_a_broker_that_says_nothing() -> None:
    came, left = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if await reader.read(1):
                came.set()
                await reader.read()
                left.set()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", port := free_port()):
        async with running(port):
            await came.wait()
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 0.5
        async with asyncio.timeout(5):
            await left.wait()


async def test_over_tls_each_side_shows_its_certificate(tmp_path: Path) -> None:
    house, stranger = Authority(tmp_path, "house"), Authority(tmp_path, "stranger")
    server, client = house.issue("server"), house.issue("PAR-01")
    options = (
        f"cafile {house.file}",
        f"certfile {server.cert}",
        f"keyfile {server.key}",
        "require_certificate true",
    )
    with Mosquitto(tmp_path, *options) as broker:
        mine: dict[str, Any] = {"tls": True, "client_cert": client.cert, "client_key": client.key}
        async with dial(call(broker.port, ca_file=house.file, **mine), Counter()) as link:
            await link.publish("t", "over TLS")
        said = await refusal(call(broker.port, ca_file=stranger.file, **mine))
        assert "shows a certificate that does not check" in said
        said = await refusal(call(broker.port, ca_file=tmp_path / "none.pem", **mine))
        assert said == "cannot read a certificate: No such file or directory"
        said = await refusal(call(broker.port, ca_file=house.file, tls=True, answer_seconds=0.5))
        assert "certificate required" in said
