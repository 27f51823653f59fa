"""HTTP digest authentication: the answer to a server's challenge. Pure.

Source: RFC 7616, sections 3.3 and 3.4 (MD5 and SHA-256, with and without `-sess`, qop `auth`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
ALGORITHMS: dict[str, Callable[[bytes], str]] = {
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
}
"""The stronger one first."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server asks for."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    session: bool = False
    qop: bool = False
    opaque: str | None = None


def choose(headers: Iterable[str]) -> Challenge | None:
    """The strongest challenge in `WWW-Authenticate` headers that can be answered."""
    found = [one for header in headers if (one := _read(header)) is not None]
    order = list(ALGORITHMS)
    return min(found, key=lambda one: order.index(one.algorithm), default=None)


def authorization(
    challenge: Challenge, method: str, uri: str, user: str, password: str, cnonce: str, count: int
) -> str:
    """The `Authorization` header.

    Args:
        challenge: from `choose`.
        method: `GET`.
        uri: path and query as they are requested.
        user: who asks.
        password: with which secret.
        cnonce: a text that was never used before.
        count: how often this nonce has been answered, from 1.
    """
    digest = ALGORITHMS[challenge.algorithm]
    secret = digest(f"{user}:{challenge.realm}:{password}".encode())
    if challenge.session:
        secret = digest(f"{secret}:{challenge.nonce}:{cnonce}".encode())
    what = digest(f"{method}:{uri}".encode())
    middle = f"{challenge.nonce}:{count:08x}:{cnonce}:auth" if challenge.qop else challenge.nonce
    parts = [
        f'username="{_escaped(user)}"',
        f'realm="{_escaped(challenge.realm)}"',
        f'nonce="{_escaped(challenge.nonce)}"',
        f'uri="{uri}"',
        f'response="{digest(f"{secret}:{middle}:{what}".encode())}"',
        f"algorithm={challenge.algorithm}{'-sess' if challenge.session else ''}",
    ]
    if challenge.qop:
        parts += ["qop=auth", f"nc={count:08x}", f'cnonce="{cnonce}"']
    if challenge.opaque is not None:
        parts.append(f'opaque="{_escaped(challenge.opaque)}"')
    return "Digest " + ", ".join(parts)


def _read(header: str) -> Challenge | None:
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() != "digest":
        return None
    found = {
        name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
        for name, quoted, bare in _PARAMETER.findall(rest)
    }
    algorithm = found.get("algorithm", "MD5").upper()
    plain = algorithm.removesuffix("-SESS")
    qops = [word.strip().lower() for word in found.get("qop", "").split(",") if word.strip()]
    if "nonce" not in found or plain not in ALGORITHMS or (qops and "auth" not in qops):
        return None
    return Challenge(
        found.get("realm", ""),
        found["nonce"],
        plain,
        session=plain != algorithm,
        qop=bool(qops),
        opaque=found.get("opaque"),
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
