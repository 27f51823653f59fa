"""UHF readers on a serial line, or on a TCP socket that carries the same bytes.

`a0` (Invelion, YR903, R2000 modules), `uhf288` (Chafon CF-RU, UHFReader18 and 288), `m6e`
(ThingMagic M6E, M7E) and `chainway` (UR4, UR8): for each a pure codec and, in `…_session`, a pure
conversation. What they share: `cutting` (frames by length), `conversation` (ask, wait, cycle the
antennas), `events`, `numbering`, `lines` (a serial port, or a socket by `tcp`) and the shell
`source` that moves the bytes. `readers` puts them together.

What does not live here: the M100 family's codec and session (one level up; they use this shell),
LLRP, what an EPC means, reconnecting.
"""
