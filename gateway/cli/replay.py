"""`shelfcast replay`: a capture through the same engines, and the timeline they say."""

from __future__ import annotations

import sys
from pathlib import Path

from gateway.capture.replay import replay
from gateway.capture.timeline import timeline
from gateway.cli.capture import open_capture, say_faults
from gateway.config.load import load_store
from gateway.core import Core
from gateway.naming import naming_of
from gateway.rules import core_rules


def replay_command(config: Path, file: Path, out: Path | None) -> None:
    """Print or write the timeline of the capture `file`; what was passed over goes to stderr."""
    store = load_store(config)
    core = Core(core_rules(store), naming_of())
    capture = open_capture(store, file)
    lines = timeline(replay(core, capture.observations))
    say_faults(capture.faults, core.faults)
    text = "".join(f"{line}\n" for line in lines)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, "utf-8")
