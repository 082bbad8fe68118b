"""The pages of devices: the list, and one device."""
