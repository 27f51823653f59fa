"""Style, script and sign of the pages, held in memory and served from this host alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served. The address changes with the content, so it may be kept for ever."""

    name: str
    kind: str
    content: bytes
    address: str


def load_assets(scripts: Iterable[Path]) -> Mapping[str, Asset]:
    """Our own files and the extensions' scripts, by name.

    Raises:
        OSError: a file cannot be read.
        ValueError: a script of an extension has the name of another file.
    """
    assets: dict[str, Asset] = {}
    for path in (*sorted(FOLDER.iterdir()), *scripts):
        if path.name in assets:
            raise ValueError(f"there are two files named {path.name}")
        assets[path.name] = _asset(path)
    return assets


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    mark = hashlib.sha256(content).hexdigest()[:12]
    kind = f"{KINDS[path.suffix]}; charset=utf-8"
    return Asset(path.name, kind, content, f"/static/{path.name}?v={mark}")
