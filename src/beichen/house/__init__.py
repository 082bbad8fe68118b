"""Where the rooms are put together: Django's settings, the URL map, the command line, the processes.

This is the roof: it may import every room, and no room imports it.
"""
