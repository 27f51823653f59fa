"""Shares a budget out among all targets: `python -m tests.fuzz SECONDS [NAME …]`.

As many at a time as there are cores, each in a process of its own, so that the whole takes
`SECONDS`, and the processes' starts, about as long again for a minute's run. Where atheris is not
to be had for this machine the seeds are mutated blindly instead, and that is said.
"""

from __future__ import annotations

import importlib.util
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.target import INPUT_BYTES, Target, Trial, mutated
from tests.fuzz.targets import ROOM_OF, TARGETS

HANG_SECONDS = 5
MEMORY_MB = 1_024
START_SECONDS = 60
"""On top of its share a process may take this to start."""
_DONE = re.compile(r"Done (\d+) (?:runs )?in")
_COVERED = re.compile(r"cov: (\d+)")


@dataclass(frozen=True)
class Outcome:
    """What became of one target. `trouble` is empty when nothing was found."""

    name: str
    tried: int
    covered: int
    trouble: str = ""

    def __str__(self) -> str:
        """One line of the table, with what was found below it."""
        line = (
            f"{self.name:16} {self.tried:10} {self.covered:8}  {'FOUND' if self.trouble else 'ok'}"
        )
        return f"{line}\n{self.trouble}" if self.trouble else line


def main(arguments: Sequence[str]) -> int:
    """Fuzz; the exit status is 1 when anything was found."""
    seconds = float(arguments[0]) if arguments else 60.0
    names = list(arguments[1:]) or list(TARGETS)
    cores = os.cpu_count() or 1
    share = seconds * min(cores, len(names)) / len(names)
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    guided = importlib.util.find_spec("atheris") is not None
    if not guided:
        print("atheris is not installed here: blind mutations, not guided by coverage")
    print(f"{len(names)} targets, {share:.1f} s each; what is found stays in {folder}")
    print(f"{'target':16} {'inputs':>10} {'coverage':>8}")
    failed = False
    with ThreadPoolExecutor(cores if guided else 1) as crew:
        work = _guided if guided else _blind
        for outcome in crew.map(lambda name: work(TARGETS[name], share, folder / name), names):
            print(outcome, flush=True)
            failed |= bool(outcome.trouble)
    return int(failed)


def _guided(target: Target, seconds: float, folder: Path) -> Outcome:
    folder.mkdir(parents=True)
    command = [
        sys.executable, "-m", "tests.fuzz.one", ROOM_OF[target.name], target.name, str(folder),
        f"-max_total_time={max(1, round(seconds))}", f"-timeout={HANG_SECONDS}",
        f"-rss_limit_mb={MEMORY_MB}", f"-max_len={INPUT_BYTES}",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=seconds + START_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(target.name, 0, 0, "did not end in time")
    said = (done.stdout + done.stderr).decode(errors="replace")
    tried = [int(number) for number in _DONE.findall(said)]
    covered = [int(number) for number in _COVERED.findall(said)]
    trouble = _trace(said) if done.returncode or not tried else ""
    return Outcome(target.name, sum(tried), max(covered, default=0), trouble)


def _trace(said: str) -> str:
    lines = [line for line in said.splitlines() if not line.startswith(("INFO:", "WARNING:", "#"))]
    return "\n".join(lines)[-6_000:]


def _blind(target: Target, seconds: float, folder: Path) -> Outcome:
    trial, dice = Trial(target), random.Random(target.name)
    until = time.monotonic() + seconds
    data = b""
    try:
        while time.monotonic() < until:
            data = mutated(target.seeds, dice)
            trial(data)
    except Exception as error:  # noqa: BLE001 - whatever comes through is what was looked for
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "found").write_bytes(data)
        return Outcome(target.name, trial.tried, 0, f"{error!r} in {folder / 'found'}")
    return Outcome(target.name, trial.tried, 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
