"""Which files are finished."""

from __future__ import annotations

from drivers.pos.settling import SETTLED_SECONDS, UNENDED_SECONDS, Settling, Stamp


def stamp(inode: int = 1, size: int = 10, changed_ns: int = 1) -> Stamp:
    return Stamp(inode, size, changed_ns)


def test_a_file_is_finished_when_it_has_stood_still() -> None:
    settling = Settling()
    assert settling.look({"a.csv": stamp()}, 0.0) == []
    assert settling.look({"a.csv": stamp()}, SETTLED_SECONDS - 0.1) == []
    assert settling.look({"a.csv": stamp()}, SETTLED_SECONDS) == ["a.csv"]


def test_a_slow_writer_starts_the_wait_anew() -> None:
    settling = Settling()
    for second in range(10):
        assert settling.look({"a.csv": stamp(size=second + 1)}, float(second)) == []
        assert settling.look({"a.csv": stamp(size=second + 1)}, second + 0.9) == []
    assert settling.look({"a.csv": stamp(size=10, changed_ns=2)}, 20.0) == []


def test_a_renamed_file_is_finished_at_once() -> None:
    settling = Settling()
    settling.look({"a.csv.tmp": stamp(7)}, 0.0)
    assert settling.look({"a.csv": stamp(7)}, 1.0) == ["a.csv"]


def test_the_inode_of_a_deleted_file_proves_nothing() -> None:
    settling = Settling()
    settling.look({"probe.tmp": stamp(7, size=3)}, 0.0)
    assert settling.look({"a.csv": stamp(7, size=9, changed_ns=5)}, 1.0) == []


def test_an_empty_file_is_never_finished_and_others_are_not_ours() -> None:
    settling = Settling()
    files = {name: stamp(n) for n, name in enumerate((".a.csv", "a.txt", "a.csv.part", "done"))}
    files["empty.csv"] = stamp(size=0)
    for now in (0.0, 1e6):
        assert settling.look(files, now) == []


def test_the_oldest_comes_first_and_what_is_gone_is_forgotten() -> None:
    settling = Settling()
    files = {"b.jsonl": stamp(1, changed_ns=2), "a.csv": stamp(2, changed_ns=3)}
    settling.look(files, 0.0)
    assert settling.look(files, 5.0) == ["b.jsonl", "a.csv"]
    settling.look({}, 6.0)
    assert settling.look(files, 7.0) == []


def test_a_file_without_a_last_line_end_gets_more_time() -> None:
    settling = Settling()
    settling.look({"a.csv": stamp(1)}, 0.0)
    assert settling.may_be_torn("a.csv", UNENDED_SECONDS - 1)
    assert not settling.may_be_torn("a.csv", UNENDED_SECONDS)
    settling.look({"a.csv": stamp(1), "b.tmp": stamp(2)}, 1.0)
    settling.look({"b.csv": stamp(2)}, 2.0)
    assert not settling.may_be_torn("b.csv", 2.0)
