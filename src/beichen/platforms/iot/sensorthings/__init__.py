"""OGC SensorThings 1.1 over the registry, the devices and the readings: `/sta/v1.1`."""
