"""Results that were worked out already, kept on disk until what made them changes.

Benchmarks that take minutes are broken off, and run again after a change to one side alone. A
result's name carries a digest of the sources that it rests on, so no stale one is ever taken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "bench"


@cache
def sources(*rooms: str) -> str:
    """A digest of all Python sources in these rooms of the project, or single files; as they were
    when it was first asked for, since that is what runs."""
    digest = hashlib.sha256()
    for room in rooms:
        for path in _files(ROOT / room):
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def kept(name: str, basis: str, work: Callable[[], Any], folder: Path = FOLDER) -> Any:
    """The JSON value that `work` gives, from disk where it was worked out on the same `basis`."""
    path = folder / f"{name}.{basis}.json"
    if path.exists():
        return json.loads(path.read_text("utf-8"))
    value = json.loads(json.dumps(work()))
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob(f"{name}.*.json"):
        stale.unlink()
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(value), "utf-8")
    unfinished.replace(path)
    return value


def _files(room: Path) -> Iterable[Path]:
    return [room] if room.is_file() else sorted(room.rglob("*.py"))
