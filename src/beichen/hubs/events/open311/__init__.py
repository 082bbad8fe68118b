"""Open311 GeoReport v2 at `/open311/v2`: any client of the standard reports to the city and follows it."""
