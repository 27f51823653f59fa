from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from drivers.observations import Count, Observation, Round
from gateway.capture.faults import CaptureFaults
from gateway.capture.files import LINE_MAX, CaptureFile, CaptureUnreadable, capture_file_lines
from gateway.capture.lines import deaf, read_capture

GIVEN: list[Observation] = [
    *(Round("reader-1", 1763740800.5, 1763740800.5, n) for n in range(1, 2000)),
    Count("door-main", 1763740801.0, 1763740802.25, 17, 1204, 1180),
]


def write(path: Path) -> None:
    with CaptureFile(path) as capture:
        for obs in GIVEN:
            capture.write(obs)
        assert capture.lines == len(GIVEN)


def read(path: Path) -> tuple[list[Observation], CaptureFaults]:
    faults = CaptureFaults()
    return list(read_capture(capture_file_lines(path, faults), deaf, faults)), faults


@pytest.mark.parametrize("name", ["day.ndjson", "day.ndjson.gz"])
def test_what_is_written_is_read_and_twice_the_same_bytes(tmp_path: Path, name: str) -> None:
    write(tmp_path / name)
    assert read(tmp_path / name) == (GIVEN, CaptureFaults(lines=len(GIVEN)))
    first = (tmp_path / name).read_bytes()
    write(tmp_path / name)
    assert (tmp_path / name).read_bytes() == first
    assert first.startswith(b"\x1f\x8b") == name.endswith(".gz")


def test_a_packed_file_that_breaks_off_gives_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "day.gz"
    write(path)
    path.write_bytes(path.read_bytes()[:-2000])
    found, faults = read(path)
    assert 0 < len(found) < len(GIVEN)
    assert found == GIVEN[: len(found)]
    assert faults.counts["torn"] == 1


def test_a_plain_file_that_breaks_off_loses_its_last_line(tmp_path: Path) -> None:
    path = tmp_path / "day.ndjson"
    write(path)
    path.write_bytes(path.read_bytes()[:-20])
    found, faults = read(path)
    assert found == GIVEN[:-1]
    assert faults.counts == {"not_json": 1}
    assert faults.named[0].number == len(GIVEN)


def test_a_packed_file_that_is_damaged_is_said(tmp_path: Path) -> None:
    path = tmp_path / "day.gz"
    path.write_bytes(gzip.compress(b'{"kind": "x"}\n' * 10_000)[:30] + b"\xff" * 100)
    assert read(path)[1].counts["torn"] == 1


def test_what_only_its_name_calls_packed_is_no_empty_day(tmp_path: Path) -> None:
    path = tmp_path / "day.ndjson.gz"
    path.write_bytes(b'{"kind": "x"}\n')
    with pytest.raises(CaptureUnreadable, match="not packed"):
        read(path)


def test_a_file_that_begins_with_a_byte_order_mark_loses_no_line(tmp_path: Path) -> None:
    path = tmp_path / "day.ndjson"
    write(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read(path) == (GIVEN, CaptureFaults(lines=len(GIVEN)))


def test_a_line_without_end_is_not_kept_whole(tmp_path: Path) -> None:
    path = tmp_path / "day.ndjson"
    path.write_bytes(b"x" * (2 * LINE_MAX + 7) + b'\n{"kind": "laser"}\n')
    lines = list(capture_file_lines(path, CaptureFaults()))
    assert [len(line) for line in lines] == [LINE_MAX, 18]


@pytest.mark.parametrize("name", ["nowhere.ndjson", "nowhere.gz", "."])
def test_a_file_that_cannot_be_read_is_one_plain_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(CaptureUnreadable, match=r"no such file|is a directory"):
        list(capture_file_lines(tmp_path / name, CaptureFaults()))


def test_a_file_that_cannot_be_written_is_one_plain_line(tmp_path: Path) -> None:
    with pytest.raises(CaptureUnreadable), CaptureFile(tmp_path / "no" / "day.gz"):
        pass
