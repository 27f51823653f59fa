"""`shelfcast check`: every fault of the store's files; with `--live` whether everything answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import typer

from gateway.cli.answers import Answer
from gateway.cli.check_live import try_all
from gateway.config.faults import ConfigError, Fault
from gateway.config.load import Store, load_store

OK, FAILED, FAULTY = 0, 1, 2


def check_command(config: Path, live: bool, as_json: bool) -> int:  # noqa: FBT001 - typer's words
    """Print all faults of the store at `config`.

    Returns:
        2 with any fault, 1 when `live` and something does not answer, else 0.
    """
    try:
        store = load_store(config)
    except ConfigError as error:
        return _say(None, error.faults, error.warnings, (), as_json=as_json)
    answers = try_all(store) if live and not store.row_faults else ()
    return _say(store, store.row_faults, store.warnings, answers, as_json=as_json)


def _say(
    store: Store | None,
    faults: Sequence[Fault],
    warnings: Sequence[Fault],
    answers: Sequence[Answer],
    *,
    as_json: bool,
) -> int:
    silent = any(answer.ok is False for answer in answers)
    code = FAULTY if faults else FAILED if silent else OK
    if as_json:
        typer.echo(_as_json(store, faults, warnings, answers, code))
        return code
    for fault in faults:
        typer.echo(str(fault))
    for warning in warnings:
        typer.echo(f"warning: {warning}")
    if faults:
        typer.echo(f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'}")
    elif store:
        typer.echo(_summary(store))
    for answer in answers:
        typer.echo(str(answer))
    return code


def _as_json(
    store: Store | None,
    faults: Sequence[Fault],
    warnings: Sequence[Fault],
    answers: Sequence[Answer],
    code: int,
) -> str:
    return json.dumps(
        {
            "ok": code == OK,
            "faults": [fault.as_json() for fault in faults],
            "warnings": [warning.as_json() for warning in warnings],
            "live": [answer.as_json() for answer in answers],
            "summary": _counts(store) if store else None,
        },
        ensure_ascii=False,
    )


def _counts(store: Store) -> dict[str, int]:
    config = store.config
    return {
        "zones": len(config.zone),
        "readers": len(config.reader),
        "antennas": sum(len(reader.antenna) for reader in config.reader),
        "doors": len(config.door),
        "scales": len(config.scale),
        "beacons": len(config.ble.beacon),
        "articles": len(store.catalogue),
        "places": len(store.planogram),
    }


def _summary(store: Store) -> str:
    counts = ", ".join(
        f"{count} {name if count > 1 else name.removesuffix('s')}"
        for name, count in _counts(store).items()
        if count
    )
    uplink = store.config.uplink
    feed = f"feed to {uplink.host_port[0]}" if uplink else "no feed to HQ"
    return f"{store.config.store.id} checks: {counts}; {feed}"
