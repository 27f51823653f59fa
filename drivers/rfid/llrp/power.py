"""From dBm in the config to what a reader understands: an index into its own table of powers.

Source: LLRP 1.0.1, sections 16.2.3.4 (UHFBandCapabilities: TransmitPowerLevelTableEntry, 1/100 dBm)
and 16.2.6.8 (RFTransmitter: hop table, channel, power). The hop table and channel are left as the
reader has them: which ones are allowed is the region's business and set on the reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from drivers.rfid.llrp.parameters import Parameter
from drivers.rfid.llrp.shapes import P


class Powers:
    """What a reader can, and how its antennas are set."""

    def __init__(self) -> None:
        self._cdbm: dict[int, int] = {}
        self._now: dict[int, Parameter] = {}

    def learn_table(self, regulatory: Parameter | None) -> None:
        """Take the table from RegulatoryCapabilities."""
        band = None if regulatory is None else regulatory.child(P.UHF_BAND_CAPABILITIES)
        entries = () if band is None else band.children
        self._cdbm = {
            entry.number("index"): entry.number("cdbm")
            for entry in entries
            if entry.type == P.TRANSMIT_POWER_LEVEL
        }

    def learn_channels(self, said: Iterable[Parameter]) -> None:
        """Take each antenna's RFTransmitter from its AntennaConfiguration."""
        for antenna in said:
            if antenna.type != P.ANTENNA_CONFIGURATION:
                continue
            transmitter = antenna.child(P.RF_TRANSMITTER)
            if transmitter is not None:
                self._now[antenna.number("antenna")] = transmitter

    def transmit(self, wanted: Mapping[int, float], facts: dict[str, str]) -> dict[int, Parameter]:
        """RFTransmitter by antenna: the highest power that is not above what is wanted.

        What comes of each wish is said in `facts`: the power in dBm, or that the reader keeps its
        own because it does not say what it can.
        """
        found: dict[int, Parameter] = {}
        for antenna, dbm in wanted.items():
            now = self._now.get(antenna)
            if now is None or not self._cdbm:
                facts[f"power {antenna}"] = "the reader's own: it does not say what it can"
                continue
            index = self._nearest(dbm)
            facts[f"power {antenna}"] = f"{self._cdbm[index] / 100:g} dBm"
            found[antenna] = Parameter(P.RF_TRANSMITTER, {**now.values, "power": index})
        return found

    def _nearest(self, dbm: float) -> int:
        table = self._cdbm
        below = [index for index, cdbm in table.items() if cdbm <= round(100 * dbm)]
        return max(below, key=table.__getitem__) if below else min(table, key=table.__getitem__)
