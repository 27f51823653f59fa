"""A config that HQ sent: checked like the store's files, then put in their place.

HQ speaks through a broker, so it may do less than who sits at the machine: it cannot cut or bend
the line it comes by (`[uplink]`, the store's id), nor have the gateway open files, read variables
or log in at a broker that the present file does not name. Where this user may not write the files,
HQ may not either.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gateway.config.faults import ConfigError, Fault
from gateway.config.load import Store, Texts, load_store
from gateway.config.locate import Path as Key
from gateway.config.locate import line_of, lines_of
from gateway.uplink.commands import ConfigRefused

NAMES = frozenset(
    {
        "ca_file",
        "client_cert",
        "client_key",
        "file",
        "folder",
        "key_file",
        "mqtt_ca_file",
        "mqtt_password_file",
        "mqtt_url",
        "password_file",
        "planogram",
        "token_file",
    }
)
"""Keys that name files, or where secrets are sent."""
BEFORE = ".before"
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
STAYS = "leave it as it is; change it at the store"


def put_in_place(path: Path, texts: Texts) -> None:
    """Check what HQ sent and write it over the files of the store whose `store.toml` is `path`.

    Each file is replaced whole or not at all; the one before stays beside it as `….before`.

    Raises:
        ConfigError: with every fault; nothing was changed.
        ConfigRefused: nothing was changed, or not all could be written.
    """
    fresh = load_store(path, instead=texts)
    if texts.toml is not None:
        faults = list(_forbidden(path, texts.toml))
        if faults:
            raise ConfigError(faults)
    for target, text in list(_targets(path, fresh, texts)):
        try:
            _replace(target, text)
        except OSError as error:
            raise ConfigRefused(f"{target.name} cannot be written: {error.strerror}") from error


def _forbidden(path: Path, text: str) -> Iterator[Fault]:
    try:
        before = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise ConfigRefused(f"the store's own {path.name} cannot be read: {error}") from error
    after, lines = tomllib.loads(text), lines_of(text)

    def fault(key: Key, wrong: str) -> Fault:
        name = ".".join(str(part) for part in key)
        return Fault(path.name, line_of(lines, key), name, wrong, STAYS)

    if after.get("uplink") != before.get("uplink"):
        yield fault(("uplink",), "HQ cannot change the line it speaks by")
    if after["store"]["id"] != before.get("store", {}).get("id"):
        yield fault(("store", "id"), "HQ cannot rename a store")
    known = {(key[-1], value) for key, value in _texts(before)}
    variables = {name for _, value in known for name in _VARIABLE.findall(value)}
    for key, value in _texts(after):
        if key[-1] in NAMES and (key[-1], value) not in known:
            yield fault(key, "HQ cannot name what the present file does not name")
        elif set(_VARIABLE.findall(value)) - variables:
            yield fault(key, "HQ cannot read a variable that the present file does not read")


def _texts(raw: Any, key: Key = ()) -> Iterator[tuple[Key, str]]:
    """Every text in a TOML document with its path."""
    if isinstance(raw, Mapping):
        for name, inner in raw.items():
            yield from _texts(inner, (*key, name))
    elif isinstance(raw, list):
        for place, inner in enumerate(raw):
            yield from _texts(inner, (*key, place))
    elif isinstance(raw, str):
        yield key, raw


def _targets(path: Path, fresh: Store, texts: Texts) -> Iterator[tuple[Path, str]]:
    """What is written where: `store.toml` last, so that it never names what is not there."""
    section = fresh.config.catalogue
    for key, name, text in (
        ("catalogue.file", section.file, texts.catalogue),
        ("catalogue.planogram", section.planogram, texts.planogram),
    ):
        if text is None:
            continue
        if name is None:
            raise ConfigRefused(f"{key}: the config names no such file")
        target = fresh.path(name).resolve()
        if target.parent != path.parent.resolve():
            raise ConfigRefused(f"{key}: HQ writes only beside {path.name}")
        yield target, text
    if texts.toml is not None:
        yield path, texts.toml


def _replace(target: Path, text: str) -> None:
    if target.exists() and target.read_bytes() == text.encode():
        # Told again after a power cut: the one before is not this one.
        return
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o640
    descriptor, name = tempfile.mkstemp(".new", f".{target.name}-", target.parent)
    new = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.chmod(mode)
        if target.exists():
            shutil.copy2(target, target.with_name(target.name + BEFORE))
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)
