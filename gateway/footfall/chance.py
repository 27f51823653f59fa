"""How likely counts are: the negative binomial by its mean and its variance over the mean. Pure."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Counts: TypeAlias = NDArray[np.float64]

_lgamma = np.vectorize(math.lgamma, otypes=[np.float64])


def log_negative_binomial(count: Counts, mean: Counts, dispersion: float) -> NDArray[np.float64]:
    """Log probability of `count`, with variance `dispersion` times the mean."""
    size = mean / (dispersion - 1.0)
    return np.asarray(
        _lgamma(count + size)
        - _lgamma(size)
        - _lgamma(count + 1.0)
        - size * math.log(dispersion)
        + count * math.log((dispersion - 1.0) / dispersion)
    )


def normal(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights as probabilities, along the last axis."""
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))
