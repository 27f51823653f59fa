"""LLRP 1.0.1 over TCP: the readers of Impinj, Zebra, ThingMagic and others.

`framing` cuts the stream into messages, `shapes` and `parameters` turn bodies into values and back,
`reports` decodes tag reports in numpy, `rospec` says what we ask of the reader, `clock` maps the
reader's time to ours, `session` is the conversation as a pure state machine, `source` is the one
module with a socket.

What does not live here: what an EPC means (`drivers.rfid.epc`), reconnecting (whoever runs the
source), anything of stock.
"""
