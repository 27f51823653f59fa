"""UHF RFID readers: reads, rounds, reader health.

`epc`, `epc_columns` and `naming` say what an EPC is; `llrp/` reads LLRP readers over TCP; `serial/`
reads the families on a serial line; `m100`, `m100_session` and `m100_source` are the codec, the
conversation and the source of the M100 family of modules, in the shell of `serial/`.

What does not live here: where an item is (the stock engine), reconnecting (whoever runs a source).
"""
