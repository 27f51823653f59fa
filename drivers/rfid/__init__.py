"""UHF RFID readers: reads, rounds, reader health.

`epc` and `naming` say what an EPC is (`epc_identity` what all schemes share, `epc_classic` and
`epc_plus` the schemes one by one, `epc_columns` thousands of SGTIN-96 at once); `llrp/` reads LLRP
readers over TCP; `serial/` reads the families on a serial line; `m100`, `m100_session` and
`m100_source` are the codec, the conversation and the source of the M100 family of modules, in the
shell of `serial/`.

What does not live here: where an item is (the stock engine), reconnecting (whoever runs a source).
"""
