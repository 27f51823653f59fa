"""The files of the demo's store, written into a folder with the far ends of its wires filled in."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

BUSY_HOURS = range(9, 22)
"""Local hours at which the demo may begin; it is shut, and its counts begin anew, around four."""
LATE_MORNING = 11


@dataclass(frozen=True, slots=True)
class Wires:
    """Where everything is: `page` a port, `reader` and `broker` host and port, `door` a tty."""

    page: int
    reader: str
    door: str
    broker: str


def write_store(folder: Path, wires: Wires, timezone: str) -> Path:
    """Write the store's three files into `folder`; answers with the path of `store.toml`."""
    store = files("gateway.demo") / "store"
    for name in ("catalogue.csv", "planogram.csv"):
        (folder / name).write_bytes((store / name).read_bytes())
    text = Template((store / "store.toml").read_text("utf-8"))
    path = folder / "store.toml"
    path.write_text(text.substitute(asdict(wires), timezone=timezone), "utf-8")
    return path


def timezone_now(now: float) -> str:
    """A zone with this machine's time of day; at night one in which it is late morning."""
    ahead = round(time.localtime(now).tm_gmtoff / 3600)
    hour = time.gmtime(now).tm_hour
    if (hour + ahead) % 24 not in BUSY_HOURS:
        ahead = LATE_MORNING - hour
    # POSIX counts the other way round: Etc/GMT-2 is two hours ahead of Greenwich.
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC"
