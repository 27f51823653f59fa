"""How a reader is reached: TLS, and readers that hang up at a question they do not know."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import ipaddress
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from drivers.observations import Device, DeviceState
from drivers.rfid.llrp.events import HELD_SECONDS
from drivers.rfid.llrp.framing import Framing
from drivers.rfid.llrp.shapes import MessageType
from drivers.rfid.llrp.source import LlrpSource
from drivers.source import SourceLost
from tests.drivers.rfid.foreign_reader import Heard
from tests.drivers.rfid.played_reader import PlayedReader, greeting
from tests.drivers.rfid.test_llrp_source import RealClock


def certificate(folder):
    """A self-signed certificate for 127.0.0.1, as readers have one: (certificate, key) files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "reader")])
    now = dt.datetime.now(dt.UTC)
    local = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(local, critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "reader.pem", folder / "reader.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return public, private


@contextlib.asynccontextmanager
async def served(reader, tls=None, *, hangs_up_at=None):
    """A played reader on a socket; its port."""

    async def talk(incoming, outgoing):
        outgoing.write(greeting())
        framing = Framing()
        with contextlib.suppress(ConnectionError):
            while data := await incoming.read(65_536):
                if any(asked.type == hangs_up_at for asked in framing.feed(data)):
                    break
                outgoing.write(reader.answer(data))
        outgoing.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls) as server:
        yield server.sockets[0].getsockname()[1]


async def until_online(source):
    heard = Heard()
    task = asyncio.create_task(source.run(heard, RealClock()))
    try:
        await heard.until(lambda h: any(d.state is DeviceState.ONLINE for d in h.of(Device)))
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_reader_over_tls_is_heard_by_who_trusts_it(tmp_path):
    public, private = certificate(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(public, private)
    trusting = ssl.create_default_context(cafile=str(public))
    async with served(PlayedReader(), server) as port:
        await until_online(LlrpSource("reader-1", "127.0.0.1", port, [1], tls=trusting))
        stranger = LlrpSource("reader-1", "127.0.0.1", port, [1], tls=ssl.create_default_context())
        with pytest.raises(SourceLost, match=r"cannot connect.*certificate verify failed"):
            await stranger.run(Heard(), RealClock())


async def test_who_finds_the_reader_held_does_not_hurry_back():
    gone = asyncio.Event()

    async def held(incoming, outgoing):
        outgoing.write(greeting(status=2))
        await incoming.read()
        outgoing.close()
        gone.set()

    async with await asyncio.start_server(held, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        source = LlrpSource("reader-1", "127.0.0.1", port, [1])
        with pytest.raises(SourceLost, match="another program holds") as lost:
            await source.run(Heard(), RealClock())
        await gone.wait()
    assert lost.value.at_least == HELD_SECONDS


async def test_a_reader_that_hangs_up_at_the_version_is_not_asked_again():
    at = MessageType.GET_SUPPORTED_VERSION
    async with served(PlayedReader(), hangs_up_at=at) as port:
        source = LlrpSource("reader-1", "127.0.0.1", port, [1])
        with pytest.raises(SourceLost, match="closed the connection"):
            await source.run(Heard(), RealClock())
        await until_online(source)
