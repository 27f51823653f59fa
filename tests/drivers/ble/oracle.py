"""The other BTHome decoder, spoken to in one line."""

from __future__ import annotations

from typing import Any

from bthome_ble import BTHomeBluetoothDeviceData
from habluetooth import BluetoothServiceInfoBleak

from tests.drivers.ble import vectors

UUID = "0000fcd2-0000-1000-8000-00805f9b34fb"


def bthome_info(data: bytes, at: float = 0.0) -> BluetoothServiceInfoBleak:
    """Service data in the form in which the other decoder wants it."""
    return BluetoothServiceInfoBleak(
        name="x",
        address=vectors.ADDRESS,
        rssi=-60,
        manufacturer_data={},
        service_data={UUID: data},
        service_uuids=[UUID],
        source="here",
        device=None,
        advertisement=None,
        connectable=False,
        time=at,
        tx_power=None,
    )


def bthome_reads(decoder: BTHomeBluetoothDeviceData, data: bytes) -> list[Any]:
    """The values that the other decoder finds, signal strength left out."""
    update = decoder.update(bthome_info(data))
    return [
        value.native_value
        for key, value in update.entity_values.items()
        if key.key != "signal_strength"
    ]
