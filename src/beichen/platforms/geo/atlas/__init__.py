"""The one map (一张图): layers over the base map, by group, day, height and depth, with landmarks."""
