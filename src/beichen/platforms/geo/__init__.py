"""时空地理信息: the map layers of the city and what may be done with them."""
