"""Accuracy of the stock engine: virtual stores, and the problems B1-B4 and C."""
