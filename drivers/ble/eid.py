"""Eddystone-EID: identities that change every 2^K seconds, resolved by who has the key.

Source: github.com/google/eddystone, eddystone-eid/eid-computation.md.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY_BYTES = 16
ROTATION_MOST = 15
PERIODS_EITHER_WAY = 3
"""A beacon's crystal drifts by seconds a day, and its rotation has up to a period of jitter."""
_COUNTER_MAX = 0xFFFF_FFFF


def eid_at(key: bytes, rotation: int, counter: int) -> bytes:
    """The 8 bytes that a beacon sends when its clock says `counter` seconds.

    Args:
        key: its 16-byte identity key.
        rotation: K, the exponent: the identity changes every 2^K seconds.
        counter: seconds of the beacon's own clock, 0 to 2^32 - 1.
    """
    whole = counter >> rotation << rotation
    top = (counter >> 16).to_bytes(2, "big")
    temporary = _encrypted(key, bytes(11) + b"\xff" + bytes(2) + top)
    block = bytes(11) + bytes((rotation,)) + whole.to_bytes(4, "big")
    return _encrypted(temporary, block)[:8]


class EidWindow:
    """The identities that one beacon may have now, give or take some periods.

    Args:
        key: its 16-byte identity key.
        rotation: K, 0 to 15.
        since: when its clock was at 0, seconds UTC.

    Raises:
        ValueError: a key or rotation that is none.
    """

    def __init__(self, key: bytes, rotation: int, since: float) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"an EID key has {KEY_BYTES} bytes, not {len(key)}")
        if not 0 <= rotation <= ROTATION_MOST:
            raise ValueError(f"an EID's rotation is 0 to {ROTATION_MOST}, not {rotation}")
        self._key, self._rotation, self._since = key, rotation, since
        self._period: int | None = None
        self._eids: frozenset[bytes] = frozenset()

    def holds(self, eid: bytes, t: float) -> bool:
        """Whether the beacon may have sent `eid` at `t`."""
        period = int(t - self._since) >> self._rotation
        if period != self._period:
            self._period = period
            self._eids = frozenset(
                eid_at(self._key, self._rotation, counter)
                for near in range(period - PERIODS_EITHER_WAY, period + PERIODS_EITHER_WAY + 1)
                if 0 <= (counter := near << self._rotation) <= _COUNTER_MAX
            )
        return eid in self._eids


def _encrypted(key: bytes, block: bytes) -> bytes:
    # ECB of a single block is the bare cipher that the specification asks for.
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    return cipher.update(block) + cipher.finalize()
