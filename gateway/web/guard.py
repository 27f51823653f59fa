"""Who is asking and may they: cross-site requests, rates, tokens, roles.

Reading is open to the network when the store says so, else it takes any role. Writing takes a token
of `till`, `staff` or `admin`. Until the first token has been made, writes are taken from this
machine alone: a gateway on the bench works, and nobody on the network can write to it.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import logging
import math
from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import Depends, Request

from gateway.web.access import Role
from gateway.web.context import AWeb, Web
from gateway.web.problems import Problem

logger = logging.getLogger(__name__)

# A browser cannot put a bearer token on a page it navigates to, but it can ask a person for a
# password: so for reading alone a token may come as the password of Basic.
_ASK_WRITER = {"WWW-Authenticate": 'Bearer realm="shelfcast"'}
_ASK_READER = {"WWW-Authenticate": 'Bearer realm="shelfcast", Basic realm="shelfcast"'}
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


def may_read(request: Request, web: AWeb) -> None:
    """Let readers pass.

    Raises:
        Problem: 401 without a token that is ours.
    """
    if web.shop.open_reading:
        return
    token = _bearer(request) or _basic(request)
    if token is None or web.access.role_of(token) is None:
        raise Problem(401, "unauthorized", "reading needs a token", headers=_ASK_READER)


def may_manage(request: Request, web: AWeb) -> None:
    """Let staff and admins pass; a till has no say in this. Raises `Problem`: 401, 403 or 429."""
    _only(request, web, Role.STAFF, Role.ADMIN)


def may_administer(request: Request, web: AWeb) -> None:
    """Let admins pass. Raises `Problem`: 401, 403 or 429."""
    _only(request, web, Role.ADMIN)


def _only(request: Request, web: Web, *roles: Role) -> None:
    may_write(request, web)
    token = _bearer(request)
    if token is not None and web.access.role_of(token) not in roles:
        named = " or ".join(role.value for role in roles)
        raise Problem(403, "forbidden", f"this needs a token of role {named}")


def may_knock(request: Request, web: AWeb) -> None:
    """Let anybody pass who has no token yet, from no other site's page and not too often."""
    _same_site(request)
    _not_too_often(web, request.client.host if request.client else "")


KNOCKING = [Depends(may_knock)]
MANAGING = [Depends(may_manage)]
ADMINISTERING = [Depends(may_administer)]


def may_write(request: Request, web: AWeb) -> None:
    """Let writers pass, and count and log what they do, without what they send.

    Raises:
        Problem: 401, 403 or 429.
    """
    client = request.client.host if request.client else ""
    _same_site(request)
    _not_too_often(web, client)
    who = _writer(request, web, client, _bearer(request))
    logger.info("%s %s from %s as %s", request.method, request.url.path, client, who)


def may_push(request: Request, web: AWeb) -> None:
    """Let devices pass that push: as writers, but most of them cannot send a bearer token.

    So the token may also be the password of Basic, or stand in the address as `?token=`, which is
    written down nowhere here. Not logged one by one: a counter calls each minute.

    Raises:
        Problem: 401, 403 or 429.
    """
    client = request.client.host if request.client else ""
    _same_site(request)
    _not_too_often(web, client)
    token = _bearer(request) or _basic(request) or request.query_params.get("token")
    _writer(request, web, client, token, ask=_ASK_READER)


READING = [Depends(may_read)]
WRITING = [Depends(may_write)]
PUSHING = [Depends(may_push)]


def _same_site(request: Request) -> None:
    """A page of somebody else's must not write with this browser's place on the network."""
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise Problem(403, "cross_site", "another site's page may not write here")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem(403, "cross_site", "another site's page may not write here")


def _not_too_often(web: Web, client: str) -> None:
    wait = web.buckets.take(client, web.monotonic())
    if wait > 0:
        web.counts["too_many_writes_total", ""] += 1
        seconds = math.ceil(wait)
        raise Problem(
            429,
            "too_many_requests",
            f"too many writes; try again in {seconds} s",
            headers={"Retry-After": str(seconds)},
        )


def _writer(
    request: Request,
    web: Web,
    client: str,
    token: str | None,
    *,
    ask: Mapping[str, str] = _ASK_WRITER,
) -> str:
    if token is None:
        if not web.access.claimed() and _on_this_machine(request, client):
            return "the bench"
        raise Problem(401, "unauthorized", _why_not(web), headers=ask)
    role = web.access.role_of(token)
    if role is None:
        raise Problem(401, "unauthorized", "this token is not known here", headers=ask)
    if not role.writes:
        raise Problem(403, "forbidden", f"a token of role {Role.VIEWER} may only read")
    return role.value


def _why_not(web: Web) -> str:
    if web.access.claimed():
        return "writing needs a token of role till, staff or admin"
    return "there is no token yet: until `shelfcast token` made one, only this machine may write"


def _on_this_machine(request: Request, client: str) -> bool:
    # Behind a proxy on this machine everybody seems to sit here; and a page whose name somebody
    # points at 127.0.0.1 sends that name as its host.
    if any(request.headers.get(name) for name in _FORWARDED):
        return False
    return _loopback(client) and _loopback(
        urlsplit(f"//{request.headers.get('host', '')}").hostname
    )


def _loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _basic(request: Request) -> str | None:
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        _, _, password = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError):
        return None
    return password
