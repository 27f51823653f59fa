"""The program's counters and gauges, gathered for `/metrics`. It counts nothing itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from drivers.source import Source
from gateway.alerts import BackOnShelf
from gateway.board import Board
from gateway.committer import Committer
from gateway.core import Core
from gateway.desk import Sample
from gateway.engine_loop import EngineLoop
from gateway.intake import Intake


def gather(
    core: Core,
    loop: EngineLoop,
    intake: Intake,
    committer: Committer,
    sources: Sequence[Source],
    board: Board,
) -> list[Sample]:
    """Every number, in a stable order."""
    return [
        Sample("boot", "gauge", "Number of this start", loop.boot),
        Sample("intake_waiting", "gauge", "Observations not yet taken", len(intake)),
        Sample("occupancy", "gauge", "People believed inside", board.occupancy),
        *_counted("loop_total", "What the engine loop did", "what", loop.counts),
        *_counted("journal_total", "What the journal wrote", "what", committer.counts),
        *_counted("intake_dropped_total", "Observations dropped", "kind", intake.dropped),
        *_counted("engine_faults_total", "What engines did not believe", "reason", core.faults),
        *_faults(sources),
        *_devices(board),
        *_articles(board),
    ]


def alert_samples(alerts: BackOnShelf, told: Mapping[str, int]) -> list[Sample]:
    """Who waits to hear that something is back, and how the telling went."""
    return [
        Sample("alerts_waiting", "gauge", "Subscriptions to back-on-the-shelf alerts", len(alerts)),
        *_counted("alerts_total", "What became of alerts", "what", alerts.counts + Counter(told)),
    ]


def _counted(name: str, text: str, label: str, counts: Mapping[str, int]) -> Iterator[Sample]:
    for what in sorted(counts):
        yield Sample(name, "counter", text, counts[what], ((label, what),))


def _faults(sources: Sequence[Source]) -> Iterator[Sample]:
    for source in sources:
        for reason in sorted(source.faults):
            labels = (("device", source.name), ("reason", reason))
            text = "What a driver dropped, by reason"
            yield Sample("driver_faults_total", "counter", text, source.faults[reason], labels)


def _devices(board: Board) -> Iterator[Sample]:
    for key in sorted(board.devices, key=lambda key: (key[0], key[1] or 0)):
        status = board.devices[key]
        antenna = "" if status.antenna is None else str(status.antenna)
        labels = (("device", status.device), ("antenna", antenna))
        yield Sample("device_ok", "gauge", "1 when heard as expected", status.state == "ok", labels)
        yield Sample("tag_reads_total", "counter", "Tag reads heard", status.reads, labels)


def _articles(board: Board) -> Iterable[Sample]:
    states = [str(stock.state) for stock in board.stock.values()]
    for state in sorted(set(states)):
        count = states.count(state)
        yield Sample("articles", "gauge", "Articles by state", count, (("state", state),))
