"""A virtual counter as the firmware would be: its own totals, its own frames."""

from __future__ import annotations

from drivers.door.messages import Hello, Message, State, write_message

NAME, VERSION = "virtual-door", (1, 2, 0)


class VirtualCounter:
    """Counts whom it is told of and says so when asked; `totals` are the truth."""

    def __init__(self, unit: int = 4711, boot: int = 17, lanes: int = 1) -> None:
        self.unit, self.boot, self.lanes = unit, boot, lanes
        self.entries = self.exits = self.stuck = 0
        self.seq = self.uptime_ms = 0
        self.heartbeat_ms = 1_000

    @property
    def totals(self) -> tuple[int, int]:
        return self.entries, self.exits

    def pass_by(self, entries: int, exits: int, seconds: float = 1.0) -> None:
        self.entries = (self.entries + entries) % 2**32
        self.exits = (self.exits + exits) % 2**32
        self.uptime_ms = (self.uptime_ms + int(seconds * 1000)) % 2**32

    def reset(self, *, boot: int | None = None) -> None:
        """A warm reset keeps totals and boot id; with `boot` everything begins again."""
        self.seq, self.uptime_ms = 0, 3
        if boot is not None:
            self.boot, self.entries, self.exits = boot, 0, 0

    def hello(self) -> bytes:
        heartbeat = self.heartbeat_ms
        return self.say(Hello(self.unit, self.lanes, 1, heartbeat, NAME, VERSION))

    def state(self) -> bytes:
        return self.say(State(self.entries, self.exits, stuck=self.stuck))

    def say(self, message: Message) -> bytes:
        wire = write_message(message, seq=self.seq, boot=self.boot, uptime_ms=self.uptime_ms)
        self.seq = (self.seq + 1) % 2**16
        return wire
