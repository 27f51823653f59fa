"""A virtual store with its own physics, its ground truth, and the scoring of timelines against it.

What lives here: the store's plan and floor, goods, people, radio and sensors, the event loop in
virtual time (`world.World`), the writing of a capture with its truth, rules to compare with, and
the scorer. Pure and seeded: no clock, no sockets. What does not live here: real wires (that is the
demo) and anything that the engines assume of a store; they must not share a model of it.
"""
