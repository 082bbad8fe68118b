"""The pages of the overview: the screen and the front door, things on the map, a scene."""
