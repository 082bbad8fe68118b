"""The arithmetic of the tree: against vectors of RFC 6962's authors, a plain reading of it, and forgers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.platforms.ledger.edge import Edge
from beichen_proof.merkle import (
    EMPTY_ROOT,
    Frontier,
    check_consistency,
    check_inclusion,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    root,
    root_of,
)
from beichen_proof.refusal import RefusedError
from beichen_proof.tiles import (
    ENTRIES,
    WIDTH,
    TileNodes,
    bundled,
    parse_path,
    tile_path,
    unbundled,
    width_of,
)

# the test vectors of the reference implementation of Certificate Transparency
LEAVES = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    bytes(range(0x50, 0x58)),
    bytes(range(0x60, 0x70)),
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = st.integers(1, 700)


def plain_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(plain_root(leaves[:k]), plain_root(leaves[k:]))


def hashes(size: int) -> list[bytes]:
    """Leaf hashes of a made-up log."""
    return [leaf_hash(b"%d" % number) for number in range(size)]


class Kept(dict[tuple[int | str, int, int], bytes]):
    """Tiles in memory, as the store keeps them."""

    def write(self, level: int | str, number: int, width: int, content: bytes) -> None:
        """Keep one; a full one never changes."""
        assert width < WIDTH or self.get((level, number, width), content) == content
        self[level, number, width] = content

    def read(self, level: int, number: int, width: int) -> bytes:
        """One that must be there."""
        return self[level, number, width]

    def nodes(self, size: int) -> TileNodes:
        """The nodes of a tree."""
        return TileNodes(size, self.read)


def grown(*sizes: int) -> Kept:
    """A tree that grew in steps, a process each: the edge is read again every time."""
    kept, before = Kept(), 0
    for size in sizes:
        edge = Edge.read(before, lambda *place: kept.get(place))
        assert edge is not None
        first = before - before % WIDTH
        pending = [b"%d" % number for number in range(first, before)]
        edge.extend([f"{number}" for number in range(before, size)], pending, kept.write)
        edge.finish(pending, kept.write)
        assert edge.root() == root_of(hashes(size))
        before = size
    return kept


def test_known_roots() -> None:
    for size in range(1, len(LEAVES) + 1):
        assert root_of(map(leaf_hash, LEAVES[:size])).hex() == ROOTS[size - 1]
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(SIZES)
def test_the_edge_gives_the_root(size: int) -> None:
    assert root_of(hashes(size)) == plain_root(hashes(size))


@given(st.lists(st.integers(1, 400), min_size=1, max_size=5))
def test_a_tree_that_grows_in_steps_is_the_same_tree(steps: list[int]) -> None:
    sizes = [sum(steps[: number + 1]) for number in range(len(steps))]
    kept = grown(*sizes)
    size = sizes[-1]
    assert root(size, kept.nodes(size)) == plain_root(hashes(size))
    entries = [
        entry
        for number in range(-(-size // WIDTH))
        for entry in unbundled(kept[ENTRIES, number, min(WIDTH, size - number * WIDTH)])
    ]
    assert entries == [b"%d" % number for number in range(size)]


def test_three_levels_of_tiles() -> None:
    """66,000 entries: the second level has a full tile."""
    kept = grown(65_000, 66_000)
    assert {level for level, _number, _width in kept} == {0, 1, 2, ENTRIES}
    nodes = kept.nodes(66_000)
    path = inclusion_path(65_535, 66_000, nodes)
    check_inclusion(leaf_hash(b"65535"), 65_535, 66_000, path, root(66_000, nodes))


@given(st.data())
def test_inclusion_is_proved(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    index = data.draw(st.integers(0, size - 1))
    nodes = grown(size).nodes(size)
    path = inclusion_path(index, size, nodes)
    top = root(size, nodes)
    assert len(path) <= (size - 1).bit_length()
    check_inclusion(hashes(size)[index], index, size, path, top)
    for wrong in (leaf_hash(b"other"), top):
        with pytest.raises(RefusedError):
            check_inclusion(wrong, index, size, path, b"\0" * 32)
    with pytest.raises(RefusedError):
        check_inclusion(leaf_hash(b"other"), index, size, path, top)
    with pytest.raises(RefusedError):
        check_inclusion(hashes(size)[index], index, size, [*path, top], top)
    if path:
        with pytest.raises(RefusedError):
            check_inclusion(hashes(size)[index], index, size, path[:-1], top)


@given(st.data())
def test_consistency_is_proved_and_a_rewritten_log_is_not(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    old = data.draw(st.integers(0, size))
    nodes = grown(size).nodes(size)
    old_root, new_root = root_of(hashes(old)), root(size, nodes)
    path = consistency_path(old, size, nodes)
    check_consistency(old, size, old_root, new_root, path)
    if old == 0:
        return
    other = hashes(old)
    place = data.draw(st.integers(0, old - 1))
    other[place] = leaf_hash(b"rewritten")
    with pytest.raises(RefusedError):
        check_consistency(old, size, root_of(other), new_root, path)
    for bad in ([*path, new_root], path[:-1] if path else [new_root], [*path[::-1], old_root]):
        with pytest.raises(RefusedError):
            check_consistency(old, size, old_root, new_root, bad)


@given(SIZES, st.integers(0, 300))
def test_a_frontier_goes_on_where_it_was_kept(size: int, more: int) -> None:
    first = Frontier()
    for leaf in hashes(size):
        first.append(leaf)
    second = Frontier(size, first.hashes)
    for leaf in hashes(size + more)[size:]:
        second.append(leaf)
    assert second.root() == root_of(hashes(size + more))
    with pytest.raises(ValueError, match="subtrees"):
        Frontier(size, [*first.hashes, b"x"])


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ((0, 0, 256), "tile/0/000"),
        ((1, 1_234_067, 256), "tile/1/x001/x234/067"),
        ((0, 5, 17), "tile/0/005.p/17"),
        ((ENTRIES, 1000, 1), "tile/entries/x001/000.p/1"),
    ],
)
def test_addresses_of_tiles(place: tuple[int | str, int, int], path: str) -> None:
    assert tile_path(*place) == path
    assert parse_path(path.removeprefix("tile/")) == place


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/",
        "0/0",
        "0/0000",
        "0/x000/001",
        "8/000",
        "-1/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/257",
        "0/000.p/a",
        "entries/",
        "0/٠٠٠",
        "0/000.p/01",
        "0/../000",
        "00/000",
        "0/" + "x001/" * 9 + "000",
    ],
)
def test_what_is_no_address_of_a_tile(path: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_path(path)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_of_entries(entries: list[bytes]) -> None:
    content = bundled(entries)
    assert unbundled(content) == entries
    if content:
        with pytest.raises(RefusedError):
            unbundled(content[:-1] if entries[-1] else content + b"\0")


def test_widths_at_the_edge() -> None:
    assert [width_of(0, 0, size) for size in (0, 1, 255, 256, 257)] == [0, 1, 255, 256, 256]
    assert [width_of(1, 0, size) for size in (255, 256, 65_536)] == [0, 1, 256]
    assert width_of(0, 1, 256) == 0
