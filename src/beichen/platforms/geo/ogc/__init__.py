"""The layers over OGC API: Features (Parts 1 to 4), Tiles, Styles. At `/ogc`."""
