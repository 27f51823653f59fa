"""Accuracy of the stock engine: virtual stores with truth, and the textbook problems B1-B4 and C."""
