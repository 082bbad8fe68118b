"""The stewards' desk of layers: their list, one layer, files that are brought."""
