"""Which of a reader's own RF modes it is to use: how fast tags answer, and how well through noise.

Source: LLRP 1.0.1, sections 16.3.1.1.2 (C1G2UHFRFModeTable) and 16.3.1.2.1.2 (C1G2RFControl). Which
modes there are is the region's and the maker's business: only a mode of the reader's table is asked
for. Impinj's modes from 1000 on are made of others (1000 and 1002: what the reader finds best in
the air, 1002 with an ear for the weakest tags) or hear some tags only (4000 on), so of these none
but the two is ever chosen (Impinj, "Reader Modes Made Easy" and the R700's application note).
"""

from __future__ import annotations

from drivers.rfid.llrp.events import SessionLost
from drivers.rfid.llrp.parameters import Parameter, make
from drivers.rfid.llrp.shapes import P

DENSE, FAST, OWN = "dense", "fast", "own"
"""Standing goods and readers beside each other; goods that pass by; what the reader is set to."""
_DEEP_SCAN, _AUTOMATIC = 1_002, 1_000
_MANY_READERS = 3
"""SpectralMaskIndicator of a mode made for many readers in one place."""
_MILLER = {0: 1, 1: 2, 2: 4, 3: 8}
"""Symbols that carry one bit, by the table's M value."""


class Modes:
    """The reader's table, and what to ask for."""

    def __init__(self) -> None:
        self._table: dict[int, Parameter] = {}
        self._made: frozenset[int] = frozenset()

    def learn_table(self, regulatory: Parameter | None, *, impinj: bool) -> None:
        """Take the table from RegulatoryCapabilities."""
        band = None if regulatory is None else regulatory.child(P.UHF_BAND_CAPABILITIES)
        tables = () if band is None else band.children
        self._table = {
            entry.number("id"): entry
            for table in tables
            if table.type == P.C1G2_RF_MODE_TABLE
            for entry in table.children
            if entry.type == P.C1G2_RF_MODE_TABLE_ENTRY
        }
        self._made = frozenset(n for n in self._table if impinj and n >= _AUTOMATIC)

    def control(self, wanted: str | int | None, facts: dict[str, str]) -> Parameter | None:
        """The C1G2RFControl to ask for; None leaves the reader's own. What comes of it, in `facts`.

        `wanted` None is `dense` where the table marks a mode so, and else the reader's own.

        Raises:
            SessionLost: a mode by number that the reader has not.
        """
        number = self._chosen(wanted)
        if number is None:
            facts["mode"] = "the reader's own"
            return None
        facts["mode"] = self._said(number)
        # 0 is the mode's own Tari; where it has but one, that is the one.
        entry = self._table[number]
        least, most = entry.number("least_tari"), entry.number("most_tari")
        return make(P.C1G2_RF_CONTROL, mode=number, tari=least if least == most else 0)

    def _chosen(self, wanted: str | int | None) -> int | None:
        if isinstance(wanted, int):
            if wanted not in self._table:
                known = ", ".join(map(str, sorted(self._table))) or "none that it tells of"
                raise SessionLost(f"the reader has no mode {wanted}; it has {known}")
            return wanted
        if wanted == OWN:
            return None
        first = (_AUTOMATIC,) if wanted == FAST else (_DEEP_SCAN, _AUTOMATIC)
        automatic = next((number for number in first if number in self._made), None)
        if automatic is not None:
            return automatic
        fixed = sorted(self._table.keys() - self._made)
        if wanted == FAST:
            return max(fixed, key=self._rate, default=None)
        marked = [n for n in fixed if self._table[n].number("mask") == _MANY_READERS]
        # Asked for by word where no mode is marked: the most robust there is.
        return min(marked or (fixed if wanted == DENSE else []), key=self._rate, default=None)

    def _rate(self, number: int) -> float:
        """Bits a second from a tag."""
        entry = self._table[number]
        return entry.number("backscatter") / _MILLER.get(entry.number("m"), 1)

    def _said(self, number: int) -> str:
        if number in self._made:
            return f"{number}"
        return f"{number}, {self._rate(number) / 1000:.0f} kbit/s"
