"""Keys of radio devices, each in a file of its own: 16 bytes as hex digits."""

from __future__ import annotations

from pathlib import Path

from gateway.config.faults import WrongValue

KEY_BYTES = 16
_RIGHT = "write 32 hex digits into it"


def read_key(path: Path) -> bytes:
    """The key in a file.

    Raises:
        WrongValue: there is none.
    """
    try:
        text = path.read_text("ascii").strip()
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise WrongValue(f'file "{path.name}" cannot be read: {reason}', _RIGHT) from error
    except ValueError as error:
        raise WrongValue(f'file "{path.name}" is no text', _RIGHT) from error
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        raise WrongValue(f'file "{path.name}" holds other than hex digits', _RIGHT) from error
    if len(key) != KEY_BYTES:
        raise WrongValue(f'file "{path.name}" has {len(key)} bytes', _RIGHT)
    return key
