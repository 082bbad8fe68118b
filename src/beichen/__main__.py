"""`python -m beichen`: the same as the command `beichen`."""

from __future__ import annotations

from beichen.house.cli import main

main()
