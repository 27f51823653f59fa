"""The virtual reader in the hands of somebody else's client, run as a program of its own."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from gateway.clock import SystemClock
from gateway.demo.llrp_reader import LlrpReader
from gateway.demo.llrp_server import LlrpServer
from gateway.demo.llrp_words import Sighting

CLIENT = Path(__file__).parent / "sllurp_client.py"
EPC = "3034F4A1C000004000000A%02X"
LONG = "3666C4409047E159B2C2BF100000000000000000000000000000"


def air(antenna: int, since: float, until: float) -> list[Sighting]:
    epcs = [EPC % antenna, LONG] if antenna == 2 else [EPC % antenna]
    return [
        Sighting(bytes.fromhex(epc), -40.0 - antenna, 3, since + 0.05, until - 0.05) for epc in epcs
    ]


async def read_with_sllurp(*arguments: str) -> list[dict]:
    async with LlrpServer(LlrpReader(air), SystemClock()).serving() as server:
        client = await asyncio.create_subprocess_exec(
            sys.executable,
            str(CLIENT),
            "127.0.0.1",
            str(server.port),
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(40):
            out, err = await client.communicate()
    assert client.returncode == 0, err.decode()
    return [json.loads(line) for line in out.splitlines()]


async def test_sllurp_reads_tags_from_every_antenna():
    before = time.time()
    *tags, said = await read_with_sllurp("1,2,4", "20")
    assert len(tags) >= 20
    seen = {(tag["AntennaID"], epc(tag).upper()) for tag in tags}
    assert seen == {(1, EPC % 1), (2, EPC % 2), (2, LONG), (4, EPC % 4)}
    for tag in tags:
        assert tag["PeakRSSI"] == -40 - tag["AntennaID"]
        assert tag["TagSeenCount"] == 3
        assert tag["SpecIndex"] == 1
        assert tag["ROSpecID"] == 1
        span = tag["LastSeenTimestampUTC"] - tag["FirstSeenTimestampUTC"]
        assert abs(span - 100_000) < 2
        assert before - 1 < tag["LastSeenTimestampUTC"] / 1e6 < time.time() + 1
    general = said["capabilities"]["GeneralDeviceCapabilities"]
    assert general["MaxNumberOfAntennaSupported"] == 8
    band = said["capabilities"]["RegulatoryCapabilities"]["UHFBandCapabilities"]
    powers = band["TransmitPowerLevelTableEntry"]
    assert [entry["TransmitPowerValue"] for entry in powers][-1] == 3000


def epc(tag: dict) -> str:
    """sllurp has two keys for it, by how the reader wrote it."""
    return str(tag.get("EPC") or tag.get("EPC-96") or tag["EPCData"]["EPC"])
