"""Every kind of device that the config knows has a page with the same three parts."""

from __future__ import annotations

import typing
from pathlib import Path

import pytest

from gateway.config.model_devices import DoorSection, ReaderSection

PAGES = Path(__file__).parents[1] / "docs" / "devices"
OURS = {"shelfcast": "door-counter"}
PARTS = ("## Wiring", "## Settings on the device", "## What health means")


def drivers(section: type[ReaderSection] | type[DoorSection]) -> list[str]:
    return list(typing.get_args(section.model_fields["driver"].annotation))


DEVICES = [OURS.get(name, name) for name in (*drivers(ReaderSection), *drivers(DoorSection))]


@pytest.mark.parametrize("name", [*DEVICES, "shelf-scale"])
def test_a_page_says_wiring_settings_and_health(name: str) -> None:
    lines = (PAGES / f"{name}.md").read_text("utf-8").splitlines()
    places = [lines.index(part) for part in PARTS]
    assert places == sorted(places)
    assert all(lines[place + 1 : place + 3] for place in places)


@pytest.mark.parametrize("name", ["ble", "till"])
def test_what_has_no_driver_of_its_own_says_what_its_health_means(name: str) -> None:
    assert "## What health means" in (PAGES / f"{name}.md").read_text("utf-8")
