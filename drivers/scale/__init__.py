"""Shelf scales: grams on a shelf.

`calibration` turns a load cell's raw numbers into grams. The cells themselves speak through other
drivers: ours over the counter's serial wire (`drivers.door`), bought ones by radio (`drivers.ble`).
What does not live here: how many articles a weight is.
"""
