"""The reading form of layers: a GeoParquet file a revision, and what is laid out of it to be read in bulk."""
