"""Door counters: cumulative in and out with a boot id, never people.

Our own counter speaks frames on a serial line: `cobs` stuffs bytes, `frames` finds whole frames in
a stream, `messages` names what is in them, `session` turns them into observations, and `source`
owns the port. The wire itself is written down in `firmware/README.md`, with golden frames beside
it; both sides are tested against these.

Bought counters report in their own words: `milesight`, `xovis` and `axis` read them into the one
form of `report`, and `tally` makes totals of it that count nobody twice. `push_source` takes what a
counter sends, `axis_source` asks for it (with `http_digest`). Two beams on this machine's own pins
are judged by `beams`; `gpio_source` watches them through `gpio_lines`.

What does not live here: minutes, occupancy, calibration by flow, and what totals mean for a store.
"""
