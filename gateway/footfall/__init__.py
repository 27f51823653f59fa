"""How many came in and how many of them bought: counts, staff, occupancy, conversion.

Pure and synchronous. `engine.FootfallEngine` is the only door. No I/O, no clock, no person.
"""
