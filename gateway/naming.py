"""Which EPCs are this store's items: the naming that the stock engine is given."""

from __future__ import annotations

from drivers.rfid.naming import EpcNaming
from gateway.stock.layout import Naming


def naming_of() -> Naming:
    """A fresh naming with an empty cache."""
    return EpcNaming()
