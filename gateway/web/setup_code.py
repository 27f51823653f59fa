"""The code that makes a store's first token: made at a start without any, printed, kept in memory.

It is good for one token and is spent after a few wrong tries: the next start makes another one.
"""

from __future__ import annotations

import hmac
import secrets

from gateway.web.access import Role, TokenFile

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""None that a person mistakes for another."""
CODE_LETTERS = 8
"""8.5 × 10^11 codes: five tries hit one with a chance of 1 in 170 thousand million."""
TRIES = 5


class Claimed(Exception):
    """There is a token already."""


class Spent(Exception):
    """Too many wrong codes were tried."""


class WrongCode(Exception):
    """That is not the code."""


class SetupCode:
    """One start's code. `code` is what is printed, `left` how many wrong tries it still stands."""

    def __init__(self, tokens: TokenFile) -> None:
        letters = "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))
        self.code = f"{letters[:4]}-{letters[4:]}"
        self.left = TRIES
        self._tokens = tokens

    def claim(self, code: str, name: str) -> str:
        """Make the first admin token, for `name`.

        Raises:
            Claimed, Spent, WrongCode: no token was made.
            ValueError: the name cannot be.
            AccessError: the file of tokens cannot be written.
        """
        if self._tokens.claimed():
            raise Claimed
        if self.left <= 0:
            raise Spent
        if not hmac.compare_digest(_plain(code), _plain(self.code)):
            self.left -= 1
            raise WrongCode
        return self._tokens.create_token(Role.ADMIN, name)


def _plain(code: str) -> bytes:
    return code.upper().replace("-", "").replace(" ", "").encode()
