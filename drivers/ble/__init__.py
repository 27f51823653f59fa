"""BLE: beacons and sensors on the store's own list; everybody else is dropped in the callback.

`advertising`, `ibeacon` and `bthome` (with its table in `bthome_objects`) are codecs: bytes in,
values out, never an exception for what a stranger sent. `roster` knows the store's own devices and
turns one heard advert into observations, for the live scanner and for a recorded day alike;
`weighing` says what of it is a weight.
`scanner` owns the adapter through the seam of `scan`; `bleak_scan` is the one module that knows
bleak.

What does not live here: any memory of a device that is not on the list, whatever its form.
"""
