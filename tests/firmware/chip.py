"""An emulated ATmega328P that runs the very ELF that is flashed, in simulated time.

The ELF names no chip (no `.mmcu` section): clock and part are said here. Pins are driven from
outside by their names; a reset floats them, so they are driven again.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.firmware.native import FIRMWARE

HERTZ = 16_000_000
CYCLES_A_MS = HERTZ // 1000
RAM, RAM_BYTES = 0x100, 2_048
JUMP_BACK = b"\xfe\xcf"
"""`rjmp` to the instruction before; the emulator would take a jump to itself for a sleep."""
PINS = ("PD2", "PD3", "PD4", "PD5", "PD6", "PD7", "PB0", "PB1")
"""Beams of four lanes, or clock and data of four cells: D2 to D9 on the board."""


def build_elf(
    folder: Path, product: str = "door_counter", firmware: Path = FIRMWARE, **options: int | str
) -> Path:
    """The ELF of a product, made by the firmware's own Makefile with options like UNIT=4711."""
    words = [f"{name}={value}" for name, value in options.items()]
    made = folder / f"{product}.elf"
    command = ["make", "-s", "-C", str(firmware), str(made), f"BUILD={folder}", *words]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return made


class Chip:
    """One chip with its power on. Bytes that it sent are in `said` until `take` fetches them."""

    def __init__(self, elf: Path, *, driven: bool = True) -> None:
        from yasimavr.device_library import load_device
        from yasimavr.lib import core

        self._lib = core
        self._device = load_device("atmega328p")
        self._loop = core.SimLoop(self._device)
        self._loop.set_fast_mode(True)
        firmware = core.Firmware.read_elf(str(elf))
        firmware.frequency = HERTZ
        self._device.load_firmware(firmware)
        self._probe = core.DeviceDebugProbe(self._device)
        self._pins = [self._device.find_pin(name) for name in PINS]
        self._symbols = {one.name: one.addr & 0xFFFF for one in firmware.symbols()}
        self._level = 0
        self._said = bytearray()
        self._hooks: list[object] = []
        self._listen()
        if driven:
            self.show(0)

    def _listen(self) -> None:
        lib = self._lib
        self._uart = lib.IOCTL_UART("0")
        self._hook = lib.CallableSignalHook(self._heard)
        _, asked = self._device.ctlreq(self._uart, lib.CTLREQ_GET_SIGNAL)
        asked.data.value(lib.Signal).connect(self._hook)

    def _heard(self, signal: Any, _: int) -> None:
        if signal.sigid == self._lib.UART.SignalId.TX_Data:
            self._said.append(signal.data.value())

    def show(self, level: int) -> None:
        """Break these beams: bit 2 × lane + beam. A receiver without light lets its pin go high."""
        self._level = level
        for bit, pin in enumerate(self._pins):
            pin.set_external_state("H" if level >> bit & 1 else "L")

    def drive(self, pin: int, bit: int) -> None:
        """Drive one of PINS from outside."""
        self._pins[pin].set_external_state("H" if bit else "L")

    def follow(self, pin: int, changed: Callable[[int], None]) -> None:
        """Call `changed` whenever the chip moves one of PINS."""

        def heard(signal: Any, _: int) -> None:
            if signal.sigid == self._lib.Wire.SignalId.DigitalChange:
                changed(signal.data.value())

        self._hooks.append(self._lib.CallableSignalHook(heard))
        self._pins[pin].signal().connect(self._hooks[-1])

    def run(self, ms: int) -> None:
        """Let simulated time pass."""
        self._loop.run(CYCLES_A_MS * ms)
        assert self._device.state() in {
            self._lib.Device.State.Running,
            self._lib.Device.State.Sleeping,
        }

    def take(self) -> bytes:
        """What the chip has sent since the last call."""
        said = bytes(self._said)
        self._said.clear()
        return said

    def send(self, data: bytes) -> None:
        """Bytes to the chip's serial input, at the line's own speed."""
        asked = self._lib.ctlreq_data_t()
        asked.data = self._lib.vardata_t(data)
        self._device.ctlreq(self._uart, self._lib.CTLREQ_USART_BYTES, asked)

    def reset(self, flag: str) -> None:
        """`Ext` (DTR pulls the reset line), `WDT`, `BOD` or `PowerOn`; RAM stays as it is."""
        self._device.reset(self._lib.Device.ResetFlag[flag])
        self.show(self._level)

    def lose_power(self, seed: int) -> None:
        """RAM comes back as noise; EEPROM stays."""
        self.write_ram(RAM, random.Random(seed).randbytes(RAM_BYTES))
        self.reset("PowerOn")

    def address(self, symbol: str) -> int:
        """Where a variable stands in RAM."""
        return self._symbols[symbol]

    def read_ram(self, address: int, size: int) -> bytes:
        return bytes(self._probe.read_data(address, size))

    def write_ram(self, address: int, data: bytes) -> None:
        self._probe.write_data(address, data)

    def ticks(self) -> int:
        """Milliseconds since the reset, as the chip counts them."""
        return int.from_bytes(self.read_ram(self.address("clock_ticks"), 4), "little")

    def hang(self) -> None:
        """The program turns on the spot where it stands; interrupts go on. Until `go_on`."""
        self._stuck_at = self._probe.read_pc() & ~1
        self._instruction = bytes(self._probe.read_flash(self._stuck_at, 2))
        self._probe.write_flash(self._stuck_at, JUMP_BACK)

    def go_on(self) -> None:
        """The program is whole again."""
        self._probe.write_flash(self._stuck_at, self._instruction)
