"""A config from HQ is done once, whatever a broker repeats, over restarts too."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from gateway.clock import SystemClock
from gateway.config.load import load_store
from gateway.configs_done import KEPT, ConfigsDone
from gateway.desk import Reloaded
from gateway.program import Program
from gateway.uplink.messages import Config

TOML = '[store]\nid = "X"\nname = "{}"\n[[zone]]\nid = "a"\n[web]\nlisten = "127.0.0.1:0"\n'
FAULT = {"file": "store.toml", "line": 2, "key": "store.id", "wrong": "no", "right": "yes"}


def test_what_was_answered_is_answered_so_after_a_restart_and_old_ids_go() -> None:
    kept, memory = ConfigsDone({}), {}
    for number in range(KEPT + 5):
        done = Reloaded(checks=number % 2 == 0, applied=("store.name",), faults=(FAULT,))
        for one in kept.add(f"c-{number}", done):
            memory[one.key] = one.value
    again = ConfigsDone({key: text for key, text in memory.items() if text is not None})
    for some in (kept, again):
        assert [some.get(f"c-{n}") for n in range(5)] == [None] * 5
        assert some.get("c-5") == Reloaded(checks=False, applied=("store.name",), faults=(FAULT,))
    again.add("new", Reloaded(checks=True))
    assert again.get("c-5") is None
    assert again.get("c-6") is not None


def test_memory_that_cannot_be_read_is_a_command_that_is_new() -> None:
    assert ConfigsDone({"c": "{", "d": "[1, 2]", "e": '[1, {"colour": 1}]'}).get("c") is None


async def test_a_config_told_again_after_a_restart_does_not_undo_the_store_s_own(
    tmp_path: Path,
) -> None:
    file = tmp_path / "store.toml"
    file.write_text(TOML.format("Before"))
    sent = Config(do="config", id="c-1", toml=TOML.format("From HQ"))

    async def told() -> Reloaded:
        load = partial(load_store, file)
        program = Program(load(), tmp_path / "data", SystemClock(), load=load, config_file=file)
        stop, started = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(program.run(stop, started=lambda _: started.set()))
        try:
            await asyncio.wait_for(started.wait(), 20)
            return await program.configure(sent)
        finally:
            stop.set()
            await asyncio.wait({task})
            task.result()

    first = await told()
    assert first.checks
    assert file.read_text() == TOML.format("From HQ")
    file.write_text(TOML.format("By hand"))
    assert await told() == first
    assert file.read_text() == TOML.format("By hand")
