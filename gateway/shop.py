"""From a store's files to what page and feed must know of it. Pure translations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gateway.config.load import Store
from gateway.uplink.epcis import Place
from gateway.uplink.settings import UplinkSettings
from gateway.web.shop import Shop, ShopArticle, ShopZone


def shop_of(store: Store) -> Shop:
    """The store as page and API name it."""
    config = store.config
    return Shop(
        id=config.store.id,
        name=config.store.name,
        timezone=config.store.timezone,
        zones=tuple(ShopZone(zone.id, zone.name, str(zone.kind)) for zone in config.zone),
        articles={
            row.gtin: ShopArticle(
                row.gtin, row.name, row.name_en, row.variant_of or "", _attributes(row.attributes)
            )
            for row in store.catalogue.values()
        },
        planogram=dict(store.planogram),
        open_reading=config.web.open_reading,
        minimum_count=config.privacy.minimum_count,
        currency=config.till.currency,
    )


def uplink_settings_of(store: Store) -> UplinkSettings | None:
    """How to reach HQ; None when the gateway serves the store alone."""
    uplink = store.config.uplink
    if uplink is None:
        return None

    def named(name: str | None) -> Path | None:
        return store.path(name) if name else None

    return UplinkSettings(
        store=store.config.store.id,
        url=uplink.url,
        username=uplink.username or "",
        password=uplink.password or "",
        password_file=named(uplink.password_file),
        ca_file=named(uplink.ca_file),
        client_cert=named(uplink.client_cert),
        client_key=named(uplink.client_key),
        shards=uplink.shards,
        ack=uplink.ack,
        events=uplink.events,
        timezone=store.config.store.timezone,
    )


def place_of(store: Store) -> Place:
    """The store as EPCIS events name it."""
    config = store.config
    return Place(
        config.store.id,
        config.store.timezone,
        config.store.gln,
        {zone.id: str(zone.kind) for zone in config.zone},
    )


def _attributes(attributes: object) -> str:
    if isinstance(attributes, Mapping):
        return ", ".join(f"{key} {value}" for key, value in attributes.items())
    return str(attributes or "")
