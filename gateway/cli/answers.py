"""How one thing answered that was tried or looked at: a line for a person, a row for a machine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """How one thing answered. `ok` None: nothing certain can be said, a person should look."""

    what: str
    ok: bool | None
    detail: str

    def __str__(self) -> str:
        """`reader-1: answers at 192.168.1.20:5084`."""
        mark = {True: "ok", False: "FAILED", None: "look"}[self.ok]
        return f"{mark:<6} {self.what}: {self.detail}"

    def as_json(self) -> dict[str, str | bool | None]:
        """The same for a machine."""
        return {"what": self.what, "ok": self.ok, "detail": self.detail}
