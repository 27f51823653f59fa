"""EPC to GTIN and serial: our columns, our scalar decoder, llrpkit's (a program of its own)."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np

from drivers.rfid.epc import decode_epc, encode_sgtin96
from drivers.rfid.epc_columns import sgtin96_columns

TAGS = 100_000
SCALAR_TAGS = 10_000
LLRPKIT = """
import time
from llrpkit.epc import decode_epc
memories = [(0x3034D2C0400000400000 << 16 | i).to_bytes(12, "big") for i in range(10_000)]
best = 1e9
for _ in range(3):
    begin = time.perf_counter()
    for memory in memories:
        decode_epc(memory)
    best = min(best, (time.perf_counter() - begin) / len(memories))
print(best)
"""


def run() -> list[str]:
    """Nanoseconds an EPC."""
    memories = [encode_sgtin96("03453120000011", 7, i) for i in range(SCALAR_TAGS)]
    table = np.frombuffer(b"".join(memories), np.uint8).reshape(-1, 12)
    rows = np.tile(table, (TAGS // SCALAR_TAGS, 1))
    columns = min(_columns(rows) for _ in range(3))
    scalar = min(_scalar(memories) for _ in range(3))
    other = _llrpkit()
    table_line = (
        f"columns {columns:.0f} | scalar {scalar:.0f} | llrpkit {other:.0f} "
        f"| columns x llrpkit {other / columns:.0f} | scalar x llrpkit {other / scalar:.1f}"
    )
    return ["ns an EPC (SGTIN-96 to GTIN and serial)", table_line]


def _columns(rows: np.ndarray) -> float:
    begin = time.perf_counter()
    sgtin96_columns(rows)
    return (time.perf_counter() - begin) / len(rows) * 1e9


def _scalar(memories: list[bytes]) -> float:
    begin = time.perf_counter()
    for memory in memories:
        decode_epc(memory)
    return (time.perf_counter() - begin) / len(memories) * 1e9


def _llrpkit() -> float:
    command = [sys.executable, "-c", LLRPKIT]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return float(done.stdout) * 1e9


if __name__ == "__main__":
    print("\n".join(run()))
