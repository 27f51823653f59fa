"""Radio without radio: bumble's virtual controllers on one link, one of them behind TCP HCI."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

from bumble.controller import Controller
from bumble.device import Device
from bumble.hci import Address, LeFeatureMask
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink, Transport
from bumble.transport.tcp_server import open_tcp_server_transport_with_socket

OWN_ADDRESS = "F0:F0:F0:00:00:01"


class Air:
    """The link, and the dongle's controller behind `transport`.

    Attributes:
        transport: bumble's name of the dongle.
        dongle: its controller.
    """

    def __init__(self, link: LocalLink, dongle: Controller, transport: str) -> None:
        self.transport, self.dongle = transport, dongle
        self._link = link
        self._devices: list[Device] = []

    async def advertise(self, address: str, payload: bytes, interval_ms: float = 20.0) -> Device:
        """Somebody whose adverts are made by other people's code."""
        controller = Controller(address, link=self._link)
        device = Device(address=Address(address), host=Host(controller, AsyncPipeSink(controller)))
        device.random_address = Address(address)
        await device.power_on()
        await device.start_advertising(
            advertising_data=payload,
            advertising_interval_min=interval_ms,
            advertising_interval_max=interval_ms,
        )
        self._devices.append(device)
        return device

    async def silence(self) -> None:
        """Nobody advertises any more."""
        for device in self._devices:
            await device.stop_advertising()
        self._devices.clear()


@contextlib.asynccontextmanager
async def open_air(*, modern: bool = True) -> AsyncIterator[Air]:
    """An air with nobody in it; the dongle knows extended adverts when it is `modern`."""
    with _free_port() as sock:
        port = sock.getsockname()[1]
        server: Transport = await open_tcp_server_transport_with_socket(sock)
        link = LocalLink()
        dongle = Controller(
            "dongle", server.source, server.sink, link=link, public_address=OWN_ADDRESS
        )
        if not modern:
            dongle.le_features &= ~LeFeatureMask.LE_EXTENDED_ADVERTISING
        air = Air(link, dongle, f"tcp-client:127.0.0.1:{port}")
        try:
            yield air
        finally:
            await air.silence()
            await server.close()


@contextlib.contextmanager
def _free_port() -> Iterator[socket.socket]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock
