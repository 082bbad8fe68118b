"""A room is entered by its service: what import-linter's layers do not say, for every room there is.

Layers hold the direction; this holds the door. Another room's ``service`` may be called, its ``models``
may be named (foreign keys, types, querysets that ``visible`` filters; writes through them fail in the
watch of ``tests/audited.py``), its ``pages`` hold what pages of rooms above may share. Everything else
is the room's own, but for what :data:`OFFERED` names. The roof (``house``) puts rooms together and is free.
"""

from __future__ import annotations

from collections.abc import Iterator

import grimp

from beichen.house.rooms import ROOMS

DOORS = {"service", "models", "pages"}
# module → why it is a door of its room
OFFERED = {
    "beichen.kernel.bus.subscribers": "the register in which a room enters what it listens to",
    "beichen.kernel.access.roles": "the roles that a city's roles.yaml may change",
    "beichen.kernel.access.openid.service": "the OpenID provider, whose pages stand above the web",
    "beichen.kernel.bus.broker": "a connection for a room that has a stream of its own",
    "beichen.kernel.bus.callout": "who may come in over the broker's other doors, which a room decides",
    "beichen.kernel.bus.keys": "the key with which that is signed",
    "beichen.kernel.bus.lock": "a lock that ends with its holder",
    "beichen.kernel.bus.threads": "threads that use the database beside an event loop",
    "beichen.kernel.bus.turn": "work that one process does at a time",
    "beichen.kernel.bus.pull": "reading a stream, the bus's or a room's own",
    "beichen.kernel.bus.tap": "taking messages off the broker in bulk",
    "beichen.kernel.bus.room": "whether the broker has room for more, which a room with a stream says",
    "beichen.kernel.bus.event": "the event that a subscriber is given",
    "beichen.kernel.files.keys": "private keys of a room's own, which are files that only their owner reads",
    "beichen.kernel.files.store": "contents of a room's own, which are no attachments",
    "beichen.platforms.geo.conditions": "the filters that a source is asked with",
    "beichen.kernel.jobs.loops": "where a room registers what runs without end",
    "beichen.kernel.jobs.schedule": "where a room registers what runs by the clock",
    "beichen.platforms.geo.legends": "how the values of a layer are drawn",
    "beichen.platforms.geo.mvt.points": "tiles of plain points, of what a source keeps half made",
    "beichen.platforms.geo.source": "what a layer is asked, and answers",
    "beichen.kernel.scene.codes": "the codes of mistakes that every section tells",
    "beichen.kernel.scene.document": "the language in which rooms describe their sections",
    "beichen.kernel.scene.durations": "the language in which rooms describe their sections",
    "beichen.kernel.scene.expressions": "the language in which scenes state conditions",
    "beichen.kernel.scene.markdown": "the language in which rooms describe their sections",
    "beichen.kernel.scene.section": "the language in which rooms describe their sections",
    "beichen.kernel.scene.vocabulary": "the language in which rooms describe their sections",
    "beichen.kernel.scene.stories.stage": "the language in which rooms describe steps of stories",
    "beichen.kernel.scene.stories.step": "the language in which rooms describe steps of stories",
    "beichen.kernel.scene.sections.regions": "the regions that a package declares",
}
WEB = "beichen.web"  # components and templates: made to be used by every page
ROOF = "beichen.house"


def room_of(module: str) -> str:
    """The room that the module belongs to, or empty for what stands outside rooms."""
    found = [room for room in ROOMS if module == room or module.startswith(f"{room}.")]
    return max(found, key=len, default="")


def entries() -> Iterator[tuple[str, str]]:
    """Every import from one room, or from outside, into another: who imports what."""
    graph = grimp.build_graph("beichen", cache_dir=None)
    for module in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(module)):
            is_own = room_of(imported) in ("", room_of(module))
            if not is_own and not module.startswith(ROOF) and ".tests" not in module:
                yield module, imported


def test_rooms_are_entered_by_their_service() -> None:
    """A new import that goes round it names itself here."""
    used = list(entries())
    assert len(used) > 50
    beside = [
        f"{module} → {imported}"
        for module, imported in used
        if room_of(imported) != WEB
        and imported not in OFFERED
        and imported.removeprefix(f"{room_of(imported)}.").partition(".")[0] not in DOORS
    ]
    assert beside == []


def test_what_is_offered_is_used() -> None:
    """A door that nobody takes any more is closed."""
    assert set(OFFERED) <= {imported for _module, imported in entries()}
