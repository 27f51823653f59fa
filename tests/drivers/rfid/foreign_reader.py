"""A reader that is not ours: llrpkit's emulator, mended where real readers do more than it does."""

from __future__ import annotations

import asyncio

from llrpkit.emulator import LLRPEmulator
from llrpkit.protocol import LLRPMessage, enums, messages

from drivers.observations import Observation


class ForeignReader(LLRPEmulator):
    """Takes ENABLE_EVENTS_AND_REPORTS and DELETE_ROSPEC 0, and starts an Immediate ROSpec."""

    def __init__(self, **settings) -> None:
        super().__init__(**settings)
        self.heard: list[LLRPMessage] = []

    async def _handle_message(self, msg: LLRPMessage) -> None:
        self.heard.append(msg)
        if isinstance(msg, messages.ENABLE_EVENTS_AND_REPORTS):
            return
        if isinstance(msg, messages.DELETE_ROSPEC) and msg.ro_spec_id == 0:
            self._rospecs.clear()
            self._sync_reporting()
            answer = messages.DELETE_ROSPEC_RESPONSE(llrp_status=self._status_ok())
            await self._send(answer, message_id=msg.message_id)
            return
        await super()._handle_message(msg)
        if isinstance(msg, messages.ENABLE_ROSPEC):
            self._start_immediate(msg.ro_spec_id)

    def _start_immediate(self, ro_spec_id: int) -> None:
        spec, state = self._rospecs[ro_spec_id]
        trigger = spec.ro_boundary_spec.ro_spec_start_trigger.ro_spec_start_trigger_type
        if state == "Enabled" and int(trigger) == enums.ROSpecStartTriggerType.Immediate:
            self._rospecs[ro_spec_id] = (spec, "Active")
            self._sync_reporting()


class Heard:
    """Collects observations; a test waits until they satisfy it."""

    def __init__(self) -> None:
        self.all: list[Observation] = []
        self._more = asyncio.Event()

    def __call__(self, observation: Observation) -> None:
        self.all.append(observation)
        self._more.set()

    def of(self, kind):
        return [observation for observation in self.all if isinstance(observation, kind)]

    async def until(self, enough, seconds: float = 10.0) -> None:
        async with asyncio.timeout(seconds):
            while not enough(self):
                self._more.clear()
                await self._more.wait()
