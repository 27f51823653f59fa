"""`shelfcast token`: make a token for the API and print it, this once."""

from __future__ import annotations

import sys
from pathlib import Path

from gateway.cli.failure import CommandFailed
from gateway.web.access import AccessError, Role, TokenFile

TOKENS = "tokens.json"
"""The file of hashed tokens in the data folder; the running gateway sees a new one at once."""


def token_command(data: Path, role: str, name: str) -> int:
    """Make a token of `role` for `name`, print it on standard output; answers the exit code.

    Raises:
        CommandFailed: no such role or a name that cannot be (2); a file that cannot be written (1).
    """
    try:
        given = Role(role)
    except ValueError as error:
        roles = ", ".join(one.value for one in Role)
        raise CommandFailed(f"there is no role {role!r}; roles are {roles}", 2) from error
    try:
        data.mkdir(mode=0o750, parents=True, exist_ok=True)
        made = TokenFile(data / TOKENS).create_token(given, name)
    except ValueError as error:
        raise CommandFailed(str(error), 2) from error
    except (AccessError, OSError) as error:
        raise CommandFailed(str(error)) from error
    # Alone on standard output, so that a script can keep it; it is not to be had again.
    sys.stdout.write(made + "\n")
    return 0
