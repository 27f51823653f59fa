"""What a broker and the MQTT library say that aiomqtt 2.5 passes over."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiomqtt
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode


class Heard(logging.Handler):
    """Keeps the last thing that the library logged: it says there what it does not raise."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.line = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record as one line."""
        self.line = " ".join(record.getMessage().split())


class Ear:
    """Hears of the broker what aiomqtt passes over: its wishes, and that it hangs up at once.

    A broker may answer a version of MQTT that it does not speak by closing the connection; aiomqtt
    would go on waiting for an answer.

    Attributes:
        wishes: the properties of its CONNACK, None where it speaks MQTT 3.1.1.
        last_word: why it sent us away, None while it has not.
    """

    def __init__(self, client: aiomqtt.Client) -> None:
        self.wishes: Properties | None = None
        self.last_word: ReasonCode | None = None
        self._client = client
        self._loop = asyncio.get_running_loop()
        # It has no public way to any of this.
        paho = client._client  # noqa: SLF001
        self._on_connect, self._on_close = paho.on_connect, paho.on_socket_close
        self._on_disconnect = paho.on_disconnect
        paho.on_connect, paho.on_socket_close = self._let_in, self._closed
        paho.on_disconnect = self._sent_away

    def _let_in(self, *said: Any) -> None:
        self.wishes = said[-1]
        if self._on_connect is not None:
            self._on_connect(*said)

    def _sent_away(self, *said: Any) -> None:
        self.last_word = said[3]
        if self._on_disconnect is not None:
            self._on_disconnect(*said)

    def _closed(self, *said: Any) -> None:
        if self._on_close is not None:
            self._on_close(*said)
        # It may be the thread that connects who is told.
        self._loop.call_soon_threadsafe(self._give_up)

    def _give_up(self) -> None:
        connected = self._client._connected  # noqa: SLF001
        if not connected.done():
            connected.set_exception(aiomqtt.MqttError("hung up"))
            connected.exception()  # nobody may be waiting any more
