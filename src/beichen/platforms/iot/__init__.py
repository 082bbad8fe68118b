"""物联网平台: devices, how they speak, what they measured, what they are told."""
