"""Everything that hears the shop floor: bytes in, observations out.

One package per sensor family (`rfid`, `ble`, `door`, `scale`, `pos`). In each, pure codecs (no I/O,
no clock) and one thin asyncio source that owns the port, the socket or the scanner. They all speak
the vocabulary of `observations` and run under the contract of `source`.

What does not live here: anything that knows of stock, footfall, storage, the page or the feed.
"""
