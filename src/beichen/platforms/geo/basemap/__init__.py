"""底图: the base map of the city, one file that needs no network, and the style that draws it."""
