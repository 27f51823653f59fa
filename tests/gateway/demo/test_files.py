"""The demo's store is an ordinary store whose files check."""

from __future__ import annotations

import calendar
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.config.load import load_store
from gateway.demo.files import Wires, timezone_now, write_store

WIRES = Wires(8080, "127.0.0.1:5084", "/dev/pts/7", "127.0.0.1:1884")


def test_its_files_check_without_a_fault(tmp_path):
    store = load_store(write_store(tmp_path, WIRES, "Etc/GMT-2"), {})
    assert store.warnings == ()
    assert store.row_faults == ()
    assert store.config.reader[0].host_port == ("127.0.0.1", 5084)
    assert store.config.door[0].port == "/dev/pts/7"
    assert store.config.uplink is not None
    assert store.config.uplink.host_port == ("127.0.0.1", 1884)
    assert store.config.web.host_port == ("0.0.0.0", 8080)
    assert len(store.catalogue) == 24
    assert any(row.variant_of for row in store.catalogue.values())


@pytest.mark.parametrize("place", ["UTC", "Europe/Paris", "Asia/Kolkata", "America/Los_Angeles"])
@pytest.mark.parametrize("hour", range(24))
def test_it_stands_where_it_is_open_now(monkeypatch, place, hour):
    monkeypatch.setenv("TZ", place)
    time.tzset()
    try:
        now = calendar.timegm((2026, 11, 21, hour, 50, 0))
        zone = ZoneInfo(timezone_now(now))
    finally:
        monkeypatch.undo()
        time.tzset()
    local = datetime.fromtimestamp(now, UTC).astimezone(zone)
    assert local.hour in range(9, 23)
    usual = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(place))
    if usual.hour in range(10, 21):
        assert (
            abs((local.replace(tzinfo=None) - usual.replace(tzinfo=None)).total_seconds()) <= 1800
        )
