"""`shelfcast simulate` and `shelfcast score`: a virtual day, and how right a timeline of it is."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from gateway.cli.capture import open_capture, say_faults
from gateway.cli.failure import CommandFailed
from gateway.config.load import load_store
from gateway.simulate.beside import beside
from gateway.simulate.plan import plan_of
from gateway.simulate.reading import ScoreError, read_truth
from gateway.simulate.score import Score, score_files
from gateway.simulate.score_text import (
    BESIDE,
    beside_rows,
    beside_text,
    reliability_rows,
    score_json,
    score_rows,
    score_text,
)
from gateway.simulate.writing import write_day


def simulate_command(config: Path, seed: int, hours: float, out: Path, truth: Path) -> None:
    """Write a capture of a virtual day of the store and its ground truth.

    Raises:
        CommandFailed: a file cannot be written.
    """
    plan = plan_of(load_store(config))
    try:
        write_day(plan, seed, hours, out, truth)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CommandFailed(f"{error.filename or out}: {reason}") from None


def score_command(
    timeline: Path,
    truth: Path,
    json: bool,  # noqa: FBT001 - a flag of the command line
    day: tuple[Path, Path] | None = None,
) -> None:
    """Print how right a timeline is; with `day` (config, capture), other rules beside it.

    Raises:
        CommandFailed: a file that cannot be read or scored.
    """
    try:
        score = score_files(timeline, truth)
        others = {} if day is None else _others(*day, truth)
    except ScoreError as error:
        raise CommandFailed(str(error)) from None
    if json:
        plain = score_json(score)
        if day is not None:
            plain["beside"] = {name: score_json(its) for name, its in others.items()}
        sys.stdout.write(json_text.dumps(plain, indent=2) + "\n")
    elif sys.stdout.isatty():
        _show(score, others)
    else:
        sys.stdout.write(score_text(score))
        if others:
            sys.stdout.write("\n" + beside_text(score, others))


def _others(config: Path, file: Path, truth: Path) -> dict[str, Score]:
    store = load_store(config)
    capture = open_capture(store, file)
    header, lines = read_truth(truth)
    others = beside(plan_of(store), capture.observations, header, list(lines))
    say_faults(capture.faults, {})
    return others


def _show(score: Score, others: Mapping[str, Score]) -> None:
    console = Console()
    table = Table("measured", "figure")
    for row in score_rows(score):
        table.add_row(*row)
    console.print(table)
    bins = Table("p_available", "GTIN-hours", "said", "true", title="Reliability")
    for line in reliability_rows(score):
        bins.add_row(*line)
    console.print(bins)
    if others:
        table = Table(*BESIDE, title="Other rules on the same day")
        for cells in beside_rows(score, others):
            table.add_row(*cells)
        console.print(table)
