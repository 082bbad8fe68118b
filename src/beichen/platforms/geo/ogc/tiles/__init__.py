"""Vector tiles (OGC API Tiles): schemes, the encoder, the cache, what describes them."""
