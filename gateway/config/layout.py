"""The store as the engines see it."""

from __future__ import annotations

from gateway.config.load import Store
from gateway.stock.layout import Article, Layout, Scale, Zone

PUSHED_UNIT_GRAMS = 100.0
"""A pusher counts units. Where nobody weighed its article, one is booked as so many grams."""


def layout_of(store: Store) -> Layout:
    """Zones, antennas, articles, planogram, scales and promise of `store`."""
    config = store.config
    nominal = {
        beacon.gtin: PUSHED_UNIT_GRAMS for beacon in config.ble.beacon if beacon.role == "pusher"
    }
    return Layout(
        zones=tuple(Zone(zone.id, zone.kind) for zone in config.zone),
        antennas={
            (reader.id, antenna.number): antenna.zone
            for reader in config.reader
            for antenna in reader.antenna
        },
        articles={
            row.gtin: Article(
                row.gtin, row.low, row.safety, row.unit_grams or nominal.get(row.gtin)
            )
            for row in store.catalogue.values()
        },
        planogram=dict(store.planogram),
        scales={scale.id: Scale(scale.zone, scale.gtin, scale.also) for scale in config.scale}
        | {
            beacon.id: Scale(beacon.zone, beacon.gtin, beacon.also)
            for beacon in config.ble.beacon
            if beacon.role in ("scale", "pusher") and beacon.zone and beacon.gtin
        },
        level=config.promise.level,
        safety=config.promise.safety,
        stale_after=config.promise.stale_after,
    )
