"""Shelf scales: grams on a shelf."""
