"""`shelfcast simulate` and `shelfcast score`: a virtual day, and how right a timeline of it is."""

from __future__ import annotations

import json as json_text
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from gateway.cli.failure import CommandFailed
from gateway.config.load import load_store
from gateway.simulate.plan import plan_of
from gateway.simulate.reading import ScoreError
from gateway.simulate.score import Score, score_files
from gateway.simulate.score_text import reliability_rows, score_json, score_rows, score_text
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


def score_command(timeline: Path, truth: Path, json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Print how right a timeline is.

    Raises:
        CommandFailed: a file that cannot be read or scored.
    """
    try:
        score = score_files(timeline, truth)
    except ScoreError as error:
        raise CommandFailed(str(error)) from None
    if json:
        sys.stdout.write(json_text.dumps(score_json(score), indent=2) + "\n")
    elif sys.stdout.isatty():
        _show(score)
    else:
        sys.stdout.write(score_text(score))


def _show(score: Score) -> None:
    console = Console()
    table = Table("measured", "figure")
    for row in score_rows(score):
        table.add_row(*row)
    console.print(table)
    bins = Table("p_available", "GTIN-hours", "said", "true", title="Reliability")
    for line in reliability_rows(score):
        bins.add_row(*line)
    console.print(bins)
