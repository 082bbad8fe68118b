"""The arithmetic of the tree: hashes, roots and proofs of RFC 6962 and RFC 9162, section 2.1.

A node is asked for by (level, index): the root over the leaves [index·2^level, (index+1)·2^level), all there.
Proofs are lists of 32-byte hashes; nothing here reads or keeps anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

from beichen_proof.refusal import Reason, RefusedError

Node = Callable[[int, int], bytes]
EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32
LARGEST = 1 << 62


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return hashlib.sha256(b"\1" + left + right).digest()


def split(count: int) -> int:
    """The largest power of two below ``count``, which is at least 2: where a subtree divides."""
    return 1 << ((count - 1).bit_length() - 1)


def subtree(start: int, end: int, node: Node) -> bytes:
    """The root over the leaves [start, end); ``start`` is a multiple of the power of two that covers them."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, start >> level)
    middle = start + split(count)
    return node_hash(subtree(start, middle, node), subtree(middle, end, node))


def root(size: int, node: Node) -> bytes:
    """The root of the tree of ``size`` leaves."""
    return subtree(0, size, node) if size else EMPTY_ROOT


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """The proof that leaf ``index`` is in the tree of ``size`` leaves, from the leaf upwards.

    Raises ValueError unless 0 ≤ index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(subtree(middle, end, node))
            end = middle
        else:
            path.append(subtree(start, middle, node))
            start = middle
    return path[::-1]


def consistency_path(old: int, size: int, node: Node) -> list[bytes]:
    """The proof that the tree of ``size`` leaves begins with the tree of ``old``.

    Empty for equal trees and for an empty old one. Raises ValueError unless 0 ≤ old ≤ size.
    """
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {size} does not begin with {old}")
    if old in (0, size):
        return []
    path, start, end, is_whole = [], 0, size, True
    while old != end:
        middle = start + split(end - start)
        if old <= middle:
            path.append(subtree(middle, end, node))
            end = middle
        else:
            path.append(subtree(start, middle, node))
            start, is_whole = middle, False
    if not is_whole:
        path.append(subtree(start, end, node))
    return path[::-1]


def root_of_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that the proof leads to (RFC 9162, 2.1.3.2). Raises RefusedError for a proof that fits no
    tree."""
    if not 0 <= index < size <= LARGEST or len(path) > 64:
        raise RefusedError(Reason.NOT_INCLUDED, f"no leaf {index} in a tree of {size}")
    place, last, found = index, size - 1, leaf
    for hash_ in path:
        if last == 0:
            raise RefusedError(Reason.NOT_INCLUDED, "the proof is too long")
        if place & 1 or place == last:
            found = node_hash(hash_, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, hash_)
        place, last = place >> 1, last >> 1
    if last:
        raise RefusedError(Reason.NOT_INCLUDED, "the proof is too short")
    return found


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> None:
    """Raises RefusedError unless the proof leads from the leaf to the root."""
    if root_of_inclusion(leaf, index, size, path) != expected:
        raise RefusedError(Reason.NOT_INCLUDED, f"the proof does not lead to the root of {size} entries")


def check_consistency(old: int, size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """Raises RefusedError unless the new tree begins with the old one (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= size <= LARGEST or len(path) > 128:
        raise RefusedError(Reason.FORKED, f"a tree of {size} cannot begin with one of {old}")
    if old in (0, size):
        is_same = old_root == (new_root if old == size else EMPTY_ROOT)
        if path or not is_same:
            raise RefusedError(Reason.FORKED, f"another tree of {old} entries")
        return
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    if _roots(old, size, hashes) != (old_root, new_root):
        raise RefusedError(Reason.FORKED, f"the tree of {size} entries does not begin with that of {old}")


def _roots(old: int, size: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of both trees to which a consistency proof leads. Raises RefusedError."""
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = hashes[0] if hashes else b""
    for hash_ in hashes[1:]:
        if last == 0:
            raise RefusedError(Reason.FORKED, "the proof is too long")
        if place & 1 or place == last:
            before, after = node_hash(hash_, before), node_hash(hash_, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, hash_)
        place, last = place >> 1, last >> 1
    if last:
        raise RefusedError(Reason.FORKED, "the proof is too short")
    return before, after


class Frontier:
    """The complete subtrees at the right edge: all that is needed to append leaves and to know the root.

    ``hashes`` stand from the largest subtree to the smallest, one for each bit of ``size``.
    """

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size, self.hashes = size, list(hashes)
        if len(self.hashes) != size.bit_count():
            raise ValueError(f"a tree of {size} has {size.bit_count()} subtrees at its edge")

    def append(self, leaf: bytes) -> None:
        """Add a leaf's hash."""
        found, place = leaf, self.size
        while place & 1:
            found, place = node_hash(self.hashes.pop(), found), place >> 1
        self.hashes.append(found)
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree."""
        if not self.hashes:
            return EMPTY_ROOT
        found = self.hashes[-1]
        for hash_ in reversed(self.hashes[:-1]):
            found = node_hash(hash_, found)
        return found


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes, in one pass and constant memory."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()
