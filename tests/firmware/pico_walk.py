"""Runs in MicroPython: walks and frames from a file through the Pico's core, results as JSON.

`micropython pico_walk.py FOLDER_OF_THE_CORE FILE`
"""

import binascii
import json
import sys

sys.path.insert(0, sys.argv[1])

import wire
from counter import Counter, Totals
from edges import Edges
from kept import pack, unpack


def walked(walk):
    """What the counter sent, and its totals after it."""
    counter = Counter(walk["unit"], walk["boot"], walk["lanes"], 1, Totals(*walk["totals"]))
    now, out = walk["start"], b""
    for level, ms, chunk in walk["runs"]:
        chunk = binascii.unhexlify(chunk)
        for _ in range(ms):
            now = (now + 1) & 0xFFFF_FFFF
            out += counter.step(level, chunk, now, 160)
            chunk = b""
    found = unpack(pack(counter.totals, walk["boot"]))
    return {"out": binascii.hexlify(out).decode(), "totals": list(found[0].numbers())}


def framed(data):
    """The frames in `data`, written again, and how many were none."""
    reader = wire.Reader()
    again = b"".join([wire.write_frame(*frame) for frame in reader.feed(binascii.unhexlify(data))])
    return {"again": binascii.hexlify(again).decode(), "dropped": reader.dropped}


def queued(levels):
    """The levels of each ms as they come out of the interrupt's queue again."""
    edges, out = Edges(), []
    for when, level in enumerate(levels):
        edges.note(level, when)
        out.append(edges.level(when))
    return out


with open(sys.argv[2]) as file:  # noqa: PTH123
    asked = json.load(file)
answer = {
    "walks": [walked(walk) for walk in asked["walks"]],
    "frames": [framed(data) for data in asked["frames"]],
    "queue": queued(asked["queue"]),
    "vm": sys.implementation[0],
}
print(json.dumps(answer))
