"""Who may do what: roles, and the file of hashed tokens in the data folder.

A token is 256 random bits, so one round of SHA-256 is as good a keeper as scrypt: there is nothing
to guess. What lies on disk lets nobody in.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Protocol

logger = logging.getLogger(__name__)

TOKEN_BYTES = 32
TOKEN_MARK = "sct_"  # noqa: S105 - the mark of all tokens, not one of them
"""So that a token in a log or a repository is found for what it is."""
NAME_MAX = 64


class Role(StrEnum):
    """What a token's holder may do, from least to most."""

    VIEWER = "viewer"
    TILL = "till"
    STAFF = "staff"
    ADMIN = "admin"

    @property
    def writes(self) -> bool:
        """May say that something happened in the store."""
        return self is not Role.VIEWER


class AccessError(Exception):
    """The file of tokens cannot be read or written; the message says which and why."""


class Access(Protocol):
    """Who holds which role."""

    def role_of(self, token: str) -> Role | None:
        """The role of a token's holder, None for a token that is not ours."""

    def claimed(self) -> bool:
        """A token has been made: from now on nobody writes without one."""


class TokenFile:
    """Tokens in a JSON file of mode 600: `{"tokens": [{"name", "role", "sha256"}]}`.

    Read again when the file changes, so that a token made by the command line counts at once. A
    file that cannot be read locks everybody out instead of letting everybody in.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._roles: dict[str, Role] = {}
        self._locked = False

    def role_of(self, token: str) -> Role | None:
        """The role of a token's holder, None for a token that is not ours."""
        self._refresh()
        return self._roles.get(_digest(token))

    def claimed(self) -> bool:
        """There is a token, or there should be and the file cannot be read."""
        self._refresh()
        return self._locked or bool(self._roles)

    def create_token(self, role: Role, name: str) -> str:
        """Make a token, keep its hash, and return it: it is not to be had again.

        Raises:
            AccessError: the file cannot be read or written.
            ValueError: the name is empty, too long, not printable or taken.
        """
        if not (1 <= len(name) <= NAME_MAX and name.isprintable()):
            raise ValueError(f"a token's name has 1 to {NAME_MAX} printable characters")
        entries = _entries(self.path)
        if any(entry["name"] == name for entry in entries):
            raise ValueError(f"there is already a token named {name}")
        token = TOKEN_MARK + secrets.token_urlsafe(TOKEN_BYTES)
        entries.append({"name": name, "role": role.value, "sha256": _digest(token)})
        _write(self.path, entries)
        return token

    def _refresh(self) -> None:
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            self._seen, self._roles, self._locked = None, {}, False
            return
        except OSError as error:
            self._lock(str(error))
            return
        seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            entries = _entries(self.path)
        except AccessError as error:
            self._lock(str(error))
            return
        self._roles = {entry["sha256"]: Role(entry["role"]) for entry in entries}
        self._locked = False

    def _lock(self, why: str) -> None:
        if not self._locked:
            logger.error("no token is accepted: %s", why)
        self._roles, self._locked = {}, True


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _entries(path: Path) -> list[dict[str, str]]:
    try:
        found = json.loads(path.read_text("utf-8"))["tokens"]
        return [
            {
                "name": str(entry["name"]),
                "role": Role(entry["role"]).value,
                "sha256": str(entry["sha256"]),
            }
            for entry in found
        ]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise AccessError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise AccessError(f"{path} is no file of tokens: {error}") from error


def _write(path: Path, entries: list[dict[str, str]]) -> None:
    # Renamed into place: a power cut leaves the old file or the new one, never half of one.
    fresh = path.with_name(path.name + ".new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
            json.dump({"tokens": entries}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise AccessError(f"{path} cannot be written: {error.strerror}") from error
