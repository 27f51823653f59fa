"""`shelfcast discover`: who is there, and the piece of config for each."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import typer

from drivers.ble.scan import ScanFailed
from gateway.cli.failure import CommandFailed
from gateway.clock import SystemClock
from gateway.discovery import announced, network, radio, serial_ports
from gateway.discovery.found import Found

ADAPTER = "hci0"


@dataclass(slots=True)
class Report:
    """What was found, and in plain lines what was not and why."""

    found: list[Found] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def discover_command(as_json: bool, yes: bool, where: str | None) -> int:  # noqa: FBT001 - typer's words
    """Look on serial ports, on the network where somebody agrees, and on the air; print it all.

    Raises:
        CommandFailed: `where` is no network (2).
    """
    report = Report()
    networks = _networks(where)
    asyncio.run(_ports(report, quiet=as_json))
    if yes or _agreed(networks, as_json=as_json):
        _say(f"looking for readers on {_named(networks)} …", quiet=as_json)
        asyncio.run(_network(report, networks))
    else:
        report.notes.append("the network was not looked at; --yes looks without asking")
    asyncio.run(_radio(report, quiet=as_json))
    _print(report, as_json=as_json)
    return 0


def _networks(where: str | None) -> list[ipaddress.IPv4Network]:
    if where is None:
        return network.own_networks()
    try:
        return [network.network_of(where)]
    except ValueError as wrong:
        raise CommandFailed(
            f"--network {where}: {wrong}; write for example 192.168.1.0/24", 2
        ) from wrong


def _agreed(networks: Sequence[ipaddress.IPv4Network], *, as_json: bool) -> bool:
    # Looking through a network that is not ours to look through can alarm whoever guards it.
    if as_json or not networks or not sys.stdin.isatty():
        return False
    return typer.confirm(
        f"Ask by mDNS, and try port {network.PORT} of every address of {_named(networks)}?",
        err=True,
    )


def _named(networks: Sequence[ipaddress.IPv4Network]) -> str:
    return ", ".join(map(str, networks)) or "no network"


async def _network(report: Report, networks: Sequence[ipaddress.IPv4Network]) -> None:
    async with asyncio.TaskGroup() as group:
        scanned = group.create_task(network.readers(networks))
        names = group.create_task(_names(report))
    report.found += await announced.with_names(scanned.result(), names.result())


async def _names(report: Report) -> list[announced.Announced]:
    try:
        return await announced.announced()
    except OSError as error:
        report.notes.append(f"mDNS: {error.strerror or error}")
        return []


async def _ports(report: Report, *, quiet: bool) -> None:
    ports = serial_ports.ports()
    if not ports:
        report.notes.append("no serial port")
    for port in ports:
        _say(f"asking {port} …", quiet=quiet)
        answered = await serial_ports.ask(port, SystemClock())
        if isinstance(answered, Found):
            report.found.append(answered)
        else:
            report.notes.append(answered)


async def _radio(report: Report, *, quiet: bool) -> None:
    _say(f"listening on {ADAPTER} …", quiet=quiet)
    try:
        heard = await radio.in_range(ADAPTER)
    except ScanFailed as failed:
        report.notes.append(f"bluetooth: {failed}")
        return
    report.found += heard
    if not heard:
        report.notes.append("bluetooth: no beacon or sensor in range")


def _say(text: str, *, quiet: bool) -> None:
    if not quiet and sys.stderr.isatty():
        typer.echo(text, err=True)


def _print(report: Report, *, as_json: bool) -> None:
    found = [(number, one) for number, one in enumerate(report.found, 1)]
    if as_json:
        listed = [one.as_json(number) for number, one in found]
        typer.echo(json.dumps({"found": listed, "notes": report.notes}, ensure_ascii=False))
        return
    for number, one in found:
        facts = ", ".join(f"{name} {value}" for name, value in one.facts.items())
        typer.echo(f"# {one.kind} {one.driver} at {one.where}" + (f": {facts}" if facts else ""))
        typer.echo(one.fragment(number) + "\n")
    for note in report.notes:
        typer.echo(f"# {note}")
