"""The program as a whole: what must not have begun when it cannot begin."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from pathlib import Path

import pytest

from drivers.source import Clock, Emit, SourceLost
from gateway.clock import SystemClock
from gateway.config.load import load_store
from gateway.program import Program


class Spoken:
    """A device that complains as soon as somebody speaks to it."""

    name = "reader-1"

    def __init__(self) -> None:
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self.runs = 0

    async def run(self, emit: Emit, clock: Clock) -> None:
        self.runs += 1
        raise SourceLost("nobody is there")


async def test_without_its_page_the_gateway_speaks_to_no_device(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        file = tmp_path / "store.toml"
        file.write_text(
            f'[store]\nid = "X"\n[[zone]]\nid = "a"\n[web]\nlisten = "127.0.0.1:{port}"\n'
        )
        device = Spoken()
        program = Program(load_store(file), tmp_path / "data", SystemClock(), sources=[device])
        with pytest.raises(OSError, match="another program listens there already"):
            await program.run(asyncio.Event())
    assert device.runs == 0
    assert caplog.records == []
