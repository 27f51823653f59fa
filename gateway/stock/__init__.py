"""Where each item is and how many there are: presence, book, holds, availability.

Pure and synchronous: observations in, changes out, time is an argument. `engine.StockEngine` is the
only door. No I/O, no clock, no config file: what the engine must know of the store is a `Layout`.
"""
