"""The tags of one or more reports as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True, eq=False)
class TagColumns:
    """Tags of one or more reports, in the reader's order. Nobody writes to them.

    Attributes:
        antenna: int32[n].
        epc: uint8[n, width], zero-padded on the right.
        epc_bytes: int32[n], how many bytes of a row count.
        rssi: dBm, float32[n]; NaN where never said.
        n: times seen, int32[n], at least 1.
        seen_us: reader time of the last sighting, int64[n], microseconds of `clock`.
        clock: `Clock` of each row, uint8[n].
    """

    antenna: NDArray[np.int32]
    epc: NDArray[np.uint8]
    epc_bytes: NDArray[np.int32]
    rssi: NDArray[np.float32]
    n: NDArray[np.int32]
    seen_us: NDArray[np.int64]
    clock: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.antenna)

    def epcs(self) -> Sequence[bytes]:
        """The EPC memory of each tag."""
        width = self.epc.shape[1]
        if int(self.epc_bytes.min(initial=width)) == width and width:
            rows: list[bytes] = np.ascontiguousarray(self.epc).view(f"V{width}").ravel().tolist()
            return rows
        return [
            row[:size].tobytes()
            for row, size in zip(self.epc, self.epc_bytes.tolist(), strict=True)
        ]
