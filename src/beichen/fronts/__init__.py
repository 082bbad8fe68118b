"""五个一 and the two portals: what people look at and work with."""
