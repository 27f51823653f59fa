"""Faults in a file that a person wrote: where, what is wrong, what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to correct in one of the store's files.

    Attributes:
        file: the file's name as the reader knows it (`store.toml`).
        line: counted from 1; 0 when the fault is no single line's (the file is missing).
        key: the key or column, `reader[reader-1].antenna[2].zone`; empty for the whole line.
        wrong: what is wrong.
        right: what would be right.
    """

    file: str
    line: int
    key: str
    wrong: str
    right: str

    def __str__(self) -> str:
        """One line: `store.toml:14: zone[#2].id: missing; give it a name`."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        what = f"{self.wrong}; {self.right}" if self.right else self.wrong
        return f"{where}: {self.key}: {what}" if self.key else f"{where}: {what}"

    def as_json(self) -> dict[str, str | int]:
        """The same for a machine."""
        return asdict(self)


class ConfigError(Exception):
    """The store's files do not check; `faults` are all of them, in the files' order.

    `warnings`: what stands, but is hardly what was meant.
    """

    def __init__(self, faults: Sequence[Fault], warnings: Sequence[Fault] = ()) -> None:
        self.faults, self.warnings = tuple(faults), tuple(warnings)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class WrongValue(ValueError):
    """A value that cannot stand; both halves are plain words for the installer."""

    def __init__(self, wrong: str, right: str) -> None:
        self.wrong = wrong
        self.right = right
        super().__init__(f"{wrong}; {right}")


NAMES_IN_A_PROPOSAL = 12
"""More names than this on one line help nobody."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` is most like, if any is like it."""
    # Installers write keys in capitals, or with a hyphen for an underscore.
    plain = {key.lower().replace("-", "_"): key for key in known}
    near = difflib.get_close_matches(name.lower().replace("-", "_"), plain, n=1, cutoff=0.6)
    return plain[near[0]] if near else None


def proposal(name: str, known: Iterable[str]) -> str:
    """What to write instead of `name`: the nearest known name, or the known names."""
    names = list(known)
    near = nearest(name, names)
    if near:
        return f'did you mean "{near}"?'
    if not names:
        return "there is none to choose from"
    more = ", …" if len(names) > NAMES_IN_A_PROPOSAL else ""
    return "known: " + ", ".join(names[:NAMES_IN_A_PROPOSAL]) + more


def shown(value: object) -> str:
    """`value` as it may stand in a message: short, on one line."""
    text = repr(value) if not isinstance(value, str) else f'"{value}"'
    text = "".join(c if c.isprintable() else "�" for c in text)
    return text if len(text) <= 60 else text[:57] + "…" + text[-1]
