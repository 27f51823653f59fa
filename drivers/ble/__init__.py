"""BLE: beacons and sensors on the store's own list; everybody else is dropped in the callback."""
