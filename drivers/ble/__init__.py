"""BLE beacons and sensors on the store's own list. Everybody else is dropped in the scanner's callback."""
