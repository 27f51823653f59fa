"""A device that was found, and the piece of `store.toml` that it would be. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Found:
    """One device.

    Attributes:
        kind: `reader`, `door`, `scale` or `beacon`.
        where: port, address on the network, or identity on the air.
        driver: the config's word for its driver, or how a beacon speaks.
        facts: what it says of itself.
        keys: the keys of its table, as they are written.
    """

    kind: str
    where: str
    driver: str
    facts: Mapping[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()

    def fragment(self, number: int) -> str:
        """The piece of config; `number` makes its id differ from the others'."""
        if self.kind == "reader":
            lines = [
                "[[reader]]",
                f'id = "reader-{number}"',
                f'driver = "{self.driver}"',
                *self.keys,
                "",
                "[[reader.antenna]]",
                "number = 1",
                'zone = ""                      # the zone that it looks at',
            ]
        elif self.kind == "door":
            lines = ["[[door]]", f'id = "door-{number}"', f'driver = "{self.driver}"', *self.keys]
        elif self.kind == "scale":
            lines = [
                "[[scale]]",
                f'id = "scale-{number}"',
                *self.keys,
                "cell = 0                       # one [[scale]] for each cell of the board",
                'zone = ""                      # where it stands',
                'gtin = ""                      # what lies on it',
            ]
        else:
            lines = [
                "[[ble.beacon]]",
                f'id = "beacon-{number}"',
                'role = ""                      # staff, basket, scale, fridge or opener',
                *self.keys,
            ]
        return "\n".join(lines)

    def as_json(self, number: int) -> dict[str, object]:
        """The same for a machine."""
        return {
            "kind": self.kind,
            "where": self.where,
            "driver": self.driver,
            "facts": dict(self.facts),
            "fragment": self.fragment(number),
        }


def quoted(text: str) -> str:
    """`text` as a TOML string: what a device says may hold anything."""
    plain = "".join(c for c in text if c.isprintable() and c not in '"\\')
    return f'"{plain}"'
