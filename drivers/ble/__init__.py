"""BLE: beacons and sensors on the store's own list; everybody else is dropped in the callback.

Codecs, bytes in, values out, never an exception for what a stranger sent: `advertising`, `ibeacon`,
`altbeacon`, `eddystone` (with `eid`, identities that only a key can tell), `ruuvi` and `bthome`
(with its table in `bthome_objects`). `roster` knows the store's own devices and turns one heard
advert into observations, for the live scanner and for a recorded day alike; `identity` says whose
advert it is, `weighing` what of it is a weight, `pushing` what of it is units, `sensing` what of it
is battery, warmth or a door, `whereabouts` (with `department`) in which zone a basket is.

`scanner` owns the adapter through the seam of `scan`, hands on what it hears (`listening`) and
climbs its `ladder` when it is deaf; `bleak_scan` is the one module that knows bleak,
`bluez_adapters` asks BlueZ what bleak cannot, and `bumble_scan` (with `hci`) is the one that knows
bumble. `receivers` hears what others forward, in the shape of `forwarded`.

What does not live here: any memory of a device that is not on the list, whatever its form.
"""
