from __future__ import annotations


def read_bodies(*a):
    return ()
