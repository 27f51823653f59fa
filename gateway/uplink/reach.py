"""Whether the broker can be reached at all, tried in a manner that can be cancelled.

asyncio looks names up in a pool of threads that is waited for when the program ends, and a dead
name server takes its time; a clean stop has five seconds. So the name is looked up in a thread of
its own that nobody waits for.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading

from gateway.uplink.settings import Address

REACH_SECONDS = 5.0


class NotConnected(Exception):
    """There is no connection; the message is one plain line for the installer."""


async def reach(address: Address, context: ssl.SSLContext | None) -> None:
    """Open a connection to the broker, with TLS when there is a context, and close it again.

    Raises:
        NotConnected: unknown host, refused, no way there, no answer, or TLS that does not check.
    """
    try:
        async with asyncio.timeout(REACH_SECONDS):
            hosts = await _look_up(address)
            await _knock(hosts, address, context)
    except TimeoutError:
        raise NotConnected(f"{address} does not answer") from None
    except socket.gaierror:
        raise NotConnected(f"{address}: there is no host of this name") from None
    except ConnectionRefusedError:
        raise NotConnected(f"{address} refuses: no broker listens there") from None
    except ssl.SSLCertVerificationError as error:
        said = error.verify_message
        raise NotConnected(f"{address} shows a certificate that does not check: {said}") from None
    except ssl.SSLError as error:
        raise NotConnected(f"{address} does not speak TLS with us: {error.reason}") from None
    except OSError as error:
        raise NotConnected(f"{address} cannot be reached: {error.strerror or error}") from None


async def _look_up(address: Address) -> list[str]:
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[str]] = loop.create_future()

    def settle(hosts: list[str], error: OSError | None) -> None:
        if found.done():
            return
        if error is None:
            found.set_result(hosts)
        else:
            found.set_exception(error)

    def ask() -> None:
        hosts: list[str] = []
        failed: OSError | None = None
        try:
            infos = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
            hosts = [str(info[4][0]) for info in infos]
        except UnicodeError:
            failed = socket.gaierror(f"{address.host} is no name")
        except OSError as error:
            failed = error
        # The program may have ended while the name server was thinking: its loop is closed.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, hosts, failed)

    threading.Thread(target=ask, name="uplink-name", daemon=True).start()
    return await found


async def _knock(hosts: list[str], address: Address, context: ssl.SSLContext | None) -> None:
    name = address.host if context else None
    failed: OSError = ConnectionRefusedError()
    for host in hosts:
        try:
            _, writer = await asyncio.open_connection(
                host, address.port, ssl=context, server_hostname=name
            )
        except OSError as error:
            failed = error
            continue
        writer.transport.abort()
        return
    raise failed
