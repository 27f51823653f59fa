"""The door of this package: from three files on disk to a `Store`, or every fault at once."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gateway.config import checks, locate
from gateway.config.beside import Beside, check_keys, check_scales
from gateway.config.catalogue import CatalogueRow
from gateway.config.environment import filled_in
from gateway.config.faults import ConfigError, Fault
from gateway.config.model import StoreConfig
from gateway.config.translate import halves, meant, path_of, real_errors

MAX_CONFIG_BYTES = 4_000_000
MAX_CSV_BYTES = 256_000_000


@dataclass(frozen=True, slots=True)
class Store:
    """All that the store's files say.

    Attributes:
        config: `store.toml`.
        catalogue: articles by 14-digit GTIN, in the file's order.
        planogram: capacity by (zone id, GTIN).
        row_faults: rows of the two CSV files that were left out, and why.
        warnings: what stands, but is hardly what was meant.
        digest: `sha256:…` of the catalogue file's bytes (of nothing, where there is none).
        folder: where `store.toml` lies; relative file names in it start here.
    """

    config: StoreConfig
    catalogue: Mapping[str, CatalogueRow] = field(default_factory=dict)
    planogram: Mapping[tuple[str, str], int] = field(default_factory=dict)
    row_faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    digest: str = "sha256:" + hashlib.sha256(b"").hexdigest()
    folder: Path = Path()

    def path(self, name: str) -> Path:
        """The file that `name` in `store.toml` means."""
        return self.folder / Path(name).expanduser()


@dataclass(frozen=True, slots=True)
class Texts:
    """What the store's files are to say instead of what they say; None: as they are."""

    toml: str | None = None
    catalogue: str | None = None
    planogram: str | None = None


AS_THEY_ARE = Texts()


def load_store(
    path: Path, env: Mapping[str, str] | None = None, instead: Texts = AS_THEY_ARE
) -> Store:
    """Read `store.toml` at `path` and the files that it names.

    Args:
        path: the file.
        env: where `${NAME}` comes from; the process's environment when None.
        instead: texts to check in the place of files, which are then not read.

    Raises:
        ConfigError: with every fault of all files, once `store.toml` has any, or a file that it
            names cannot be read. Faults in single rows of the CSV files alone raise nothing; see
            `Store.row_faults`.
    """
    text = (
        _text(path) if instead.toml is None else instead.toml.lstrip("\ufeff").replace("\r\n", "\n")
    )
    reading = _Reading(path.name, text, os.environ if env is None else env)
    config = reading.config()
    rows = {"file": instead.catalogue, "planogram": instead.planogram}
    data = {
        key: _named_file(path.parent, reading, key) if given is None else given.encode()
        for key, given in rows.items()
    }
    beside = Beside(reading.raw or {}, data)
    if beside.catalogue is not None:
        check_scales(reading.raw or {}, beside.catalogue, reading.report, reading.remark)
    check_keys(reading.raw or {}, path.parent, reading.report)
    if reading.faults or config is None:
        own = sorted(reading.faults, key=lambda fault: fault.line)
        raise ConfigError([*own, *beside.faults], reading.warnings)
    return Store(
        config=config,
        catalogue=beside.catalogue or {},
        planogram=beside.planogram,
        row_faults=tuple(beside.faults),
        warnings=tuple(reading.warnings),
        digest="sha256:" + hashlib.sha256(data["file"] or b"").hexdigest(),
        folder=path.parent,
    )


def parse_config(text: str, file: str, env: Mapping[str, str]) -> StoreConfig:
    """The config that `text` is, without looking at any other file. Raises `ConfigError`."""
    reading = _Reading(file, text, env)
    config = reading.config()
    if reading.faults or config is None:
        raise ConfigError(sorted(reading.faults, key=lambda fault: fault.line))
    return config


class _Reading:
    """One reading of one `store.toml`: its tables, its lines, its faults."""

    def __init__(self, file: str, text: str, env: Mapping[str, str]) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []
        self._reported: set[locate.Path] = set()
        self._misspelt: set[locate.Path] = set()
        self.raw = self._parsed(text)
        self.lines = locate.lines_of(text) if self.raw is not None else {}
        if self.raw is not None:
            self.raw = filled_in(self.raw, env, self.report)

    def _parsed(self, text: str) -> dict[str, Any] | None:
        try:
            return tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
            line = int(place[1]) if place else text.count("\n") + 1
            wrong = re.sub(r"\s*\(at .*\)$", "", str(error)) or "not readable"
            column = f" near column {place[2]}" if place else ""
            right = f"correct what stands{column}; text needs quotes" if place else "close it"
            self.faults.append(Fault(self.file, line, "", f"not TOML: {wrong}", right))
            return None

    def config(self) -> StoreConfig | None:
        """The checked config; None with faults set down."""
        if self.raw is None:
            return None
        config = None
        try:
            # By way of JSON, where strict means what the installer expects: a list is a list,
            # but "5" is no number and 1 is not true.
            plain = json.dumps(self.raw, default=str)
            config = StoreConfig.model_validate_json(plain, strict=True)
        except ValidationError as errors:
            found = real_errors(errors)
            self._misspelt = {key for error in found if (key := meant(error))}
            for error in found:
                self.report(path_of(error), *halves(error))
        checks.cross_check(self.raw, self.report)
        checks.warn(self.raw, self.remark)
        return config

    def report(self, path: locate.Path, wrong: str, right: str) -> None:
        """Set down a fault, the first at each place only: what follows from it helps nobody."""
        if path not in self._reported | self._misspelt:
            self._reported.add(path)
            self.faults.append(self._fault(path, wrong, right))

    def remark(self, path: locate.Path, wrong: str, right: str) -> None:
        """Set down a warning."""
        self.warnings.append(self._fault(path, wrong, right))

    def _fault(self, path: locate.Path, wrong: str, right: str) -> Fault:
        line = locate.line_of(self.lines, path)
        return Fault(self.file, line, _name(self.raw, path), wrong, right)


def _name(raw: object, path: locate.Path) -> str:
    """`reader[reader-1].antenna[2].zone`: tables by their id or number, else `[#3]`, the third."""
    text, table = "", raw
    for part in path:
        if isinstance(part, str):
            text += f".{part}" if text else part
            table = table.get(part) if isinstance(table, dict) else None
        else:
            table = table[part] if isinstance(table, list) and part < len(table) else None
            label = (table.get("id") or table.get("number")) if isinstance(table, dict) else None
            text += f"[{label}]" if isinstance(label, (str, int)) else f"[#{part + 1}]"
    return text


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_CONFIG_BYTES + 1)
    except OSError as error:
        raise ConfigError([_unreadable(str(path), 0, "", error)]) from None
    if len(data) > MAX_CONFIG_BYTES:
        raise ConfigError([Fault(path.name, 0, "", "larger than 4 MB", "is this the right file?")])
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError([Fault(path.name, line, "", "not UTF-8", "save it as UTF-8")]) from None


def _unreadable(file: str, line: int, key: str, error: OSError) -> Fault:
    if isinstance(error, FileNotFoundError):
        return Fault(file, line, key, "no such file", "write the path of a file that is there")
    reason = (error.strerror or "unreadable").lower()
    return Fault(file, line, key, f"cannot be read: {reason}", "let this user read it")


def _named_file(folder: Path, reading: _Reading, key: str) -> bytes | None:
    """The bytes of a file that `[catalogue]` names; None, with a fault, when it cannot be read."""
    section = (reading.raw or {}).get("catalogue")
    name = section.get(key) if isinstance(section, dict) else None
    if not isinstance(name, str) or not name:
        return None
    try:
        with (folder / Path(name).expanduser()).open("rb") as file:
            data = file.read(MAX_CSV_BYTES + 1)
    except (OSError, ValueError, RuntimeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "no file name"
        reading.report(
            ("catalogue", key),
            f'file "{name}" cannot be read: {reason.lower()}',
            f"put it beside {reading.file}, or write its path",
        )
        return None
    if len(data) > MAX_CSV_BYTES:
        reading.report(("catalogue", key), f"{name} is larger than 256 MB", "is it the right file?")
    return data
