"""Benchmarks: our work beside a named peer or the engine's own limit, in one run, at three sizes.

What is claimed is the ratio, not the seconds: machines differ, and both sides ran on the same one.
`make bench` runs all; `python -m bench plan registry` runs some.
"""
