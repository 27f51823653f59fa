"""Opening hours of `store.toml`, exceptions among them, down to the rules of the engine."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.config.faults import ConfigError
from gateway.config.load import load_store
from gateway.footfall.hours import Openings
from gateway.rules import core_rules

PARIS = ZoneInfo("Europe/Paris")
STORE = """
[store]
id = "PAR-01"
timezone = "Europe/Paris"
hours = { fri = ["10:00-20:00"], sat = ["18:00-02:30"], sun = ["10:00-20:00"] }
hours_exceptions = { %s }
[[zone]]
id = "shelf-a"
[[door]]
id = "door-main"
port = "/dev/ttyACM0"
"""


def openings(folder: Path, exceptions: str) -> Openings:
    file = folder / "store.toml"
    file.write_text(STORE % exceptions, "utf-8")
    return core_rules(load_store(file, {})).footfall.openings()


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


def test_an_exception_stands_instead_of_its_weekday(tmp_path: Path) -> None:
    found = openings(tmp_path, '"2026-12-25" = [], "2026-12-24" = ["09:00-17:00"]')
    assert not found.is_open(at("2026-12-25T12:00")), "a Friday"
    assert found.is_open(at("2026-12-24T09:30"))
    assert not found.is_open(at("2026-12-24T17:30"))
    assert found.is_open(at("2026-12-18T12:00")), "another Friday"


def test_a_closed_day_does_not_cut_the_night_before_it(tmp_path: Path) -> None:
    found = openings(tmp_path, '2026-12-26 = ["22:00-03:00"], 2026-12-27 = []')
    assert found.is_open(at("2026-12-27T02:59"))
    assert not found.is_open(at("2026-12-27T03:00"))
    assert not found.is_open(at("2026-12-27T12:00"))


@pytest.mark.parametrize(
    ("night", "hours"), [("2026-03-28", 8.5), ("2026-10-24", 10.5), ("2026-06-06", 9.5)]
)
def test_a_night_in_which_the_clocks_change_is_an_hour_shorter_or_longer(
    tmp_path: Path, night: str, hours: float
) -> None:
    # The wall clock says 18:00 to 03:30 the next morning where the exception says so.
    found = openings(tmp_path, f'"{night}" = ["18:00-03:30"]')
    minutes = [at(f"{night}T17:00") + 60 * n for n in range(14 * 60)]
    assert sum(found.is_open(t) for t in minutes) / 60 == hours
    assert len([1 for t in minutes if found.is_open(t) != found.is_open(t + 60)]) == 2


@pytest.mark.parametrize(
    ("exceptions", "key", "right"),
    [
        ('"2026-02-30" = []', "2026-02-30", "2026-12-25"),
        ('"christmas" = []', "christmas", "2026-12-25"),
        ('"2026-12-24" = ["9-17"]', "2026-12-24[#1]", "10:00-20:00"),
    ],
)
def test_what_is_no_date_or_no_opening_is_said_with_its_key(
    tmp_path: Path, exceptions: str, key: str, right: str
) -> None:
    with pytest.raises(ConfigError) as said:
        openings(tmp_path, exceptions)
    (fault,) = said.value.faults
    assert fault.key == f"store.hours_exceptions.{key}"
    assert fault.line == 6
    assert right in fault.right
