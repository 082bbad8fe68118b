"""A city's devices, weather and people made up for trials: what scenes declare, through open protocols.

The upper half (`sections`, `formulas`, `offer`) belongs to the house and answers
`/api/devices/simulation`. The lower half is a program outside of it: it imports neither Django nor the
room, and knows the house by its protocols.
"""
