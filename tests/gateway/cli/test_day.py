"""simulate → replay → score: the same bytes twice, in any process; failures in one plain line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CONFIG = str(ROOT / "config" / "example" / "store.toml")


def shelfcast(*arguments: str, seed: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
    )


def a_day(folder: Path, seed: int) -> list[bytes]:
    folder.mkdir()
    capture, truth = str(folder / "day.ndjson.gz"), str(folder / "truth.ndjson")
    timeline = str(folder / "timeline.ndjson")
    day = ("simulate", "--config", CONFIG, "--seed", "7", "--hours", "0.2")
    assert shelfcast(*day, "--out", capture, "--truth", truth, seed=seed).returncode == 0
    said = shelfcast("replay", "--config", CONFIG, capture, "--out", timeline, seed=seed)
    assert said.returncode == 0, said.stderr
    whole = ("--capture", capture, "--config", CONFIG)
    score = shelfcast("score", timeline, truth, *whole, seed=seed)
    assert score.returncode == 0, score.stderr
    for beside in ("this timeline", "book stock", "window 25 s", "EdgeX 600 s", "last well read"):
        assert f"\n{beside}" in score.stdout
    return [Path(name).read_bytes() for name in (capture, truth, timeline)] + [
        score.stdout.encode()
    ]


def test_a_simulated_day_gives_the_same_bytes_twice(tmp_path: Path) -> None:
    first, second = a_day(tmp_path / "a", 1), a_day(tmp_path / "b", 2)
    assert first == second
    assert all(first)


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (("replay", "--config", CONFIG, "nothing.ndjson"), 1, "nothing.ndjson"),
        (("replay", "--config", "nothing.toml", "x"), 2, "nothing.toml"),
        (("run", "--config", "nothing.toml"), 2, "nothing.toml"),
        (("score", "nothing", "nothing"), 1, "nothing"),
        (("score", "x", "y", "--capture", "z"), 2, "go together"),
        (("backup", "copy.db", "--data", "nowhere"), 1, "nowhere"),
        (("restore", "nothing.db", "--data", "nowhere"), 1, "nothing.db"),
        (("simulate",), 2, "Missing option"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    arguments: tuple[str, ...], code: int, line: str
) -> None:
    said = shelfcast(*arguments)
    assert said.returncode == code
    assert line in said.stderr
    assert "Traceback" not in said.stderr


def test_version_and_help_at_every_level() -> None:
    assert shelfcast("--version").stdout.startswith("shelfcast ")
    for command in ("run", "demo", "check", "discover", "record", "replay", "simulate", "score"):
        assert "--help" in shelfcast(command, "--help").stdout
