"""Whatever broker, disk and HQ do: nothing is lost, nothing leaves the outbox too early."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gateway.uplink.delivery import Delivery
from gateway.uplink.outbox import OutboxRow
from gateway.uplink.settings import Pace

PACE = Pace(window_rows=4, ahead_rows=10, patience=60, patience_most=240)
Key = tuple[int, int]


def row(boot: int, seq: int) -> OutboxRow:
    return OutboxRow(boot, seq, "changes", "{}", 0.0)


class Feed(RuleBasedStateMachine):
    """A store, a broker that forgets, an HQ that commits without gaps, and time."""

    @initialize()
    def begin(self) -> None:
        self.now, self.boot, self.seq = 0.0, 1, 0
        self.outbox: dict[Key, OutboxRow] = {}
        self.written: list[Key] = []
        self.broker: list[Key] = []
        self.committed: dict[int, int] = {}
        self.received: list[Key] = []
        self.acks: list[Key] = []
        self.delivery = Delivery(self.boot, PACE)

    @rule(count=st.integers(1, 6))
    def something_changes(self, count: int) -> None:
        for _ in range(count):
            self.seq += 1
            self.outbox[self.boot, self.seq] = row(self.boot, self.seq)
            self.written.append((self.boot, self.seq))

    @rule(arrived=st.integers(0, 4))
    def a_window_goes_up(self, arrived: int) -> None:
        """Of the window only the first `arrived` reach the broker before the link breaks."""
        rows = self.next_rows()
        self.delivery.sending(rows, self.now)
        self.broker += [(each.boot, each.seq) for each in rows[:arrived]]
        if arrived < len(rows):
            self.delivery.begin()

    @rule()
    def the_broker_is_killed(self) -> None:
        self.broker.clear()

    @rule()
    def the_link_breaks(self) -> None:
        self.delivery.begin()

    @rule(count=st.integers(1, 8))
    def hq_receives(self, count: int) -> None:
        for _ in range(min(count, len(self.broker))):
            boot, seq = self.broker.pop(0)
            if seq == self.committed.get(boot, 0) + 1:
                self.committed[boot] = seq
                self.received.append((boot, seq))
            self.acks.append((boot, self.committed.get(boot, 0)))

    @rule(lost=st.booleans(), again=st.booleans())
    def an_ack_comes(self, lost: bool, again: bool) -> None:
        if self.acks:
            ack = self.acks[0] if again else self.acks.pop(0)
            if not lost:
                self.take_ack(*ack)

    @rule(boot=st.integers(1, 4), ahead=st.integers(1, 5))
    def hq_is_mistaken(self, boot: int, ahead: int) -> None:
        """An ack beyond what this boot has sent is not believed."""
        if boot >= self.boot:
            highest = self.delivery.highest
            beyond = highest[1] + ahead if highest[0] == boot else ahead
            assert not self.delivery.believable(boot, beyond)

    @rule(seconds=st.sampled_from([1.0, 30.0, 60.0, 300.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.delivery.go_back(self.now)

    @rule()
    def the_gateway_restarts(self) -> None:
        self.boot, self.seq = self.boot + 1, 0
        self.delivery = Delivery(self.boot, PACE)

    @invariant()
    def nothing_leaves_that_hq_has_not(self) -> None:
        gone = [key for key in self.written if key not in self.outbox]
        assert all(seq <= self.committed.get(boot, 0) for boot, seq in gone)

    @invariant()
    def no_more_is_ahead_than_allowed(self) -> None:
        assert self.delivery.room() >= 0
        assert PACE.patience <= self.delivery.patience <= PACE.patience_most

    def teardown(self) -> None:
        """With everybody well, all that was written is at HQ once, in order within its boot."""
        for _ in range(len(self.written) + 10):
            self.a_window_goes_up(4)
            self.hq_receives(100)
            while self.acks:
                self.take_ack(*self.acks.pop(0))
            self.now += PACE.patience_most
            self.delivery.go_back(self.now)
        assert not self.outbox
        assert sorted(self.received) == self.written
        for boot in self.committed:
            seqs = [seq for of, seq in self.received if of == boot]
            assert seqs == list(range(1, len(seqs) + 1))

    def next_rows(self) -> list[OutboxRow]:
        keys = sorted(key for key in self.outbox if key > self.delivery.cursor)
        return [self.outbox[key] for key in keys[: self.delivery.room()]]

    def take_ack(self, boot: int, seq: int) -> None:
        assert self.delivery.believable(boot, seq)
        for key in [key for key in self.outbox if key[0] == boot and key[1] <= seq]:
            del self.outbox[key]
        self.delivery.acked(boot, seq, self.now)


TestFeed = Feed.TestCase
TestFeed.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_patience_doubles_and_an_ack_that_is_news_restores_it() -> None:
    delivery = Delivery(1, PACE)
    delivery.sending([row(1, 1), row(1, 2)], 0.0)
    assert delivery.wait(10.0) == 50.0
    assert not delivery.go_back(59.9)
    assert delivery.go_back(60.0)
    assert delivery.patience == 120
    delivery.sending([row(1, 1), row(1, 2)], 60.0)
    delivery.acked(1, 0, 100.0)
    assert delivery.patience == 120
    delivery.acked(1, 1, 100.0)
    assert (delivery.patience, delivery.wait(100.0)) == (60, 60)
    delivery.acked(1, 2, 100.0)
    assert delivery.wait(100.0) is None


def test_an_ack_of_another_boot_is_no_answer_for_this_one() -> None:
    delivery = Delivery(2, PACE)
    delivery.sending([row(1, 1), row(2, 1)], 0.0)
    delivery.acked(1, 900, 10.0)
    assert delivery.wait(10.0) == 60.0
    delivery.acked(1, 901, 20.0)
    assert delivery.wait(20.0) == 50.0
