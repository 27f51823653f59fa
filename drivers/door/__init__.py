"""Door counters: cumulative in and out with a boot id, never people.

Our own counter speaks frames on a serial line: `cobs` stuffs bytes, `frames` finds whole frames in
a stream, `messages` names what is in them, `session` turns them into observations, and `source`
owns the port. The wire itself is written down in `firmware/README.md`, with golden frames beside
it; both sides are tested against these.

What does not live here: minutes, occupancy, calibration by flow, and what totals mean for a store.
"""
