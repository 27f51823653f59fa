"""The demo: a virtual store on real wires around the real program.

What lives here: the far end of every wire (an LLRP reader over TCP, a door counter on a pty, a
radio at the scanner's seam, a till that posts over HTTP, a broker), the files of the demo's store,
and the truth that the page shows beside the estimate. What does not live here: the store's physics
(`gateway.simulate`), and anything that a real gateway needs. Nobody outside knows of this room.
"""
