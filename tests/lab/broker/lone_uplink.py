"""An uplink in a process of its own, to be killed: `python -m tests.lab.broker.lone_uplink URL`."""

from __future__ import annotations

import asyncio
import sys

from gateway.uplink.settings import UplinkSettings
from gateway.uplink.shell import Uplink
from tests.gateway.uplink.stage import MemoryDesk, MemoryOutbox
from tests.lab.broker.hq import RealClock

if __name__ == "__main__":
    uplink = Uplink(UplinkSettings("PAR-01", sys.argv[1]), MemoryOutbox(), MemoryDesk(), boot=3)
    asyncio.run(uplink.run(RealClock()))
