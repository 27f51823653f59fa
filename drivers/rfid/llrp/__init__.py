"""LLRP 1.0.1 and 1.1 over TCP: the readers of Impinj, Zebra, ThingMagic and others.

`framing` cuts the stream into messages; `shapes` (the table) and `parameters` turn bodies into
values and back, for whoever plays a client or a reader; `reports` decodes tag reports to `columns`
by the `template` of their shape, those alike by the `plan` of their length; `rospec` says what we
ask of the reader, `modes` in which of its modes, `power` with which power, `set_up` in which order,
and `asking` asks it; `session` is the conversation as a pure state machine that says `events`,
`antennas` which of them are there and were heard; `clock` maps the reader's time to ours,
`observing` makes the shop floor's words of it all; `source` is the one module with a socket.

What does not live here: what an EPC means (`drivers.rfid.epc`), reconnecting (whoever runs the
source), anything of stock.
"""
