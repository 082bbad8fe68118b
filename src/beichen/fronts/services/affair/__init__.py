"""One affair: how it starts, moves on, waits and ends."""
