"""What HQ asks of the store, judged and answered; knows nothing of MQTT.

Idempotent by `id`: the same id is answered the same, without being done again, as long as the id is
remembered (holds have their own, lasting, id). An ack is not remembered: doing it again is harmless
and HQ may have moved on. What failed for a passing reason (the disk) is not remembered either, so
that HQ's next attempt may succeed.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic import ValidationError

from drivers.gtin import GtinError, normalize_gtin
from gateway.desk import Desk, Reloaded
from gateway.requests import HoldAnswer, HoldRequest, HoldVerdict, NotStored
from gateway.uplink.messages import (
    Ack,
    Buckets,
    Command,
    CommandId,
    Config,
    HoldGoods,
    Message,
    Release,
    Resync,
)
from gateway.uplink.words import Json, compact

LARGEST_COMMAND = 1024 * 1024
"""Of a `config` with a catalogue; every other one is a few hundred bytes."""
ANSWERS_KEPT = 1_000
LONGEST_ERROR = 300
FAULTS_TOLD = 50
"""Of a config; who has more has sent the wrong file."""


class AckRefused(Exception):
    """HQ acks what it cannot have; the message says why."""


class ConfigRefused(Exception):
    """A config that cannot be put in its place, whatever it says; the message says why."""


Configure: TypeAlias = Callable[[Config], Awaitable[Reloaded]]
"""Checks a config from HQ, puts it in its place and applies it.

Raises `ConfigRefused` (nothing was changed, and would not be next time) and `NotStored`.
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes up for a command: snapshot payloads, then the answer's payload, if any."""

    answer: str | None = None
    snapshots: list[str] = field(default_factory=list)


class _Named(Message):
    id: CommandId


class Commands:
    """Takes commands one at a time.

    Attributes:
        faults: `command_too_large`, `command_malformed`, `command_failed`, `ack_refused`.
    """

    def __init__(
        self,
        desk: Desk,
        clear: Callable[[int, int], Awaitable[int]],
        snapshot: Callable[[list[int] | None], list[str]],
        faults: Counter[str],
        configure: Configure | None = None,
    ) -> None:
        self._configure = configure
        self._desk = desk
        self._clear = clear
        self._snapshot = snapshot
        self.faults = faults
        self._answers: OrderedDict[str, str] = OrderedDict()

    async def take(self, payload: bytes) -> Reply:
        """Do what the payload asks; never raises for what is in it."""
        if len(payload) > LARGEST_COMMAND:
            self.faults["command_too_large"] += 1
            return Reply()
        try:
            command = Command.model_validate_json(payload).root
        except ValidationError as error:
            self.faults["command_malformed"] += 1
            return self._malformed(payload, error)
        if isinstance(command, Ack):
            return await self._ack(command)
        if command.id in self._answers:
            return Reply(self._answers[command.id])
        return await self._do(command)

    async def _do(self, command: Resync | HoldGoods | Release | Buckets | Config) -> Reply:
        snapshots: list[str] = []
        try:
            match command:
                case HoldGoods():
                    body = await self._hold(command)
                case Release():
                    body = _held(await self._desk.release(command.hold))
                case Resync():
                    snapshots = self._snapshot(None)
                    body = {"ok": True, "parts": len(snapshots)}
                case Buckets():
                    snapshots = self._snapshot(command.buckets)
                    body = {"ok": True, "parts": len(snapshots)}
                case Config():
                    body = await self._config(command)
        except NotStored:
            self.faults["command_failed"] += 1
            return Reply(_answer(command.id, {"ok": False, "error": "not stored: ask again"}))
        return Reply(self._remembered(command.id, body), snapshots)

    async def _hold(self, command: HoldGoods) -> dict[str, Json]:
        try:
            gtin = normalize_gtin(command.gtin)
        except GtinError as error:
            return {"ok": False, "error": f"gtin: {error}"}
        request = HoldRequest(
            id=command.hold or command.id,
            gtin=gtin,
            qty=command.qty,
            minutes=command.minutes,
            channel=command.channel,
            order=command.order,
        )
        return _held(await self._desk.hold(request))

    async def _config(self, command: Config) -> dict[str, Json]:
        if self._configure is None:
            return {"ok": False, "error": "this gateway was not started from a config file"}
        if command.toml is command.catalogue is command.planogram is None:
            return {"ok": False, "error": "nothing to change: give toml, catalogue or planogram"}
        try:
            done = await self._configure(command)
        except ConfigRefused as refused:
            return {"ok": False, "error": str(refused)[:LONGEST_ERROR]}
        faults: list[Json] = [dict(fault) for fault in done.faults[:FAULTS_TOLD]]
        if done.checks:
            applied, waiting = list[Json](done.applied), list[Json](done.restart_needed)
            return {"ok": True, "applied": applied, "restart_needed": waiting, "faults": faults}
        return {"ok": False, "error": f"{len(done.faults)} faults", "faults": faults}

    async def _ack(self, ack: Ack) -> Reply:
        body: dict[str, Json]
        try:
            body = {"ok": True, "cleared": await self._clear(ack.boot, ack.seq)}
        except AckRefused as error:
            self.faults["ack_refused"] += 1
            body = {"ok": False, "error": str(error)}
        except (NotStored, OSError):
            self.faults["command_failed"] += 1
            body = {"ok": False, "error": "not stored: ask again"}
        return Reply(_answer(ack.id, body) if ack.id else None)

    def _malformed(self, payload: bytes, error: ValidationError) -> Reply:
        try:
            name = _Named.model_validate_json(payload).id
        except ValidationError:
            return Reply()
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "do"
        line = f"{where}: {first['msg']}"[:LONGEST_ERROR]
        return Reply(_answer(name, {"ok": False, "error": line}))

    def _remembered(self, name: str, body: dict[str, Json]) -> str:
        text = self._answers[name] = _answer(name, body)
        while len(self._answers) > ANSWERS_KEPT:
            self._answers.popitem(last=False)
        return text


def _answer(name: str, body: dict[str, Json]) -> str:
    return compact({"id": name, **body})


def _held(answer: HoldAnswer) -> dict[str, Json]:
    """The answer to hold and release: the same words as the API's."""
    body: dict[str, Json] = {"ok": answer.verdict in {HoldVerdict.NEW, HoldVerdict.KNOWN}}
    if not body["ok"]:
        body["error"] = str(answer.verdict)
    body["available"] = answer.available
    if answer.hold is not None:
        body["hold"] = {
            "id": answer.hold.id,
            "gtin": answer.hold.gtin,
            "qty": answer.hold.qty,
            "state": str(answer.hold.state),
            "expires": answer.hold.expires,
        }
    return body
