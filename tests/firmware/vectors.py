"""The golden frames of `firmware/vectors.json`."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from drivers.door.frames import Frame, FrameReader
from tests.firmware.native import FIRMWARE


@dataclass(frozen=True)
class Golden:
    """A frame as it goes over the wire, and what stands in it."""

    name: str
    wire: bytes
    frame: Frame


_FILE = json.loads((FIRMWARE / "vectors.json").read_text())


def _golden(vector: dict[str, object]) -> Golden:
    wire = bytes.fromhex(str(vector["wire"]))
    (frame,) = FrameReader(Counter()).feed(wire)
    return Golden(str(vector["name"]), wire, frame)


GOOD = [_golden(vector) for vector in _FILE["good"]]
_BODIES = {"unknown_type", "short_body"}
BAD = [bytes.fromhex(v["wire"]) for v in _FILE["bad"] if v["fault"] not in _BODIES]
"""No frame at all; a sound frame with a body that nobody reads is none of these."""
