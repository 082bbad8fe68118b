"""The catalogue of items and bundles: few enough to be kept in memory, found by words, pinyin, with slips.

Words are looked for in names, in what people also call a thing, in pinyin and initials, in what it is about;
then, when nothing holds them, names that are nearly so (rapidfuzz).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.translation import get_language
from rapidfuzz import fuzz, process

from beichen.fronts.services.affair.acting import newest_keys
from beichen.fronts.services.items.declaration import read_bundle_entry, read_item_entry
from beichen.fronts.services.items.declaring import CACHE
from beichen.fronts.services.items.models import ServiceBundle, ServiceItem, ServiceWindow
from beichen.fronts.services.items.spelling import letter_of, plain
from beichen.kernel.org.models import Body

SECONDS = 60
MOST = 5_000
LONGEST = 60
NEAR = 72.0
"""From which likeness on (of 100) a name counts as meant."""
SHORTEST_SLIP = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """An item or a bundle as the catalogue lists it.

    ``promised`` is a duration such as ``5d``, ``parts`` are the items of a bundle,
    ``windows`` those at which it is done, ``at`` the types of objects at whose codes it is offered.
    """

    key: str
    kind: str
    name_zh: str
    name_en: str
    about_zh: str
    about_en: str
    words: tuple[str, ...]
    spellings: tuple[str, ...]
    letter: str
    body: str
    body_zh: str
    body_en: str
    audience: tuple[str, ...]
    events: tuple[str, ...]
    promised: str
    legal: str
    visits: int
    online: bool
    scene: str
    parts: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    at: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if _is_english() else self.name_zh

    @property
    def about(self) -> str:
        """The same of what it is about."""
        return self.about_en if _is_english() else self.about_zh

    @property
    def body_name(self) -> str:
        """The same of the body that is responsible."""
        return (self.body_en or self.body_zh) if _is_english() else self.body_zh

    @property
    def ways(self) -> tuple[str, ...]:
        """How it can be done: ``zero-trip`` without coming, ``one-trip`` with coming once, ``online``."""
        found = ["zero-trip"] if self.visits == 0 else ["one-trip"] if self.visits == 1 else []
        return tuple([*found, "online"] if self.online else found)


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


def entries() -> list[Entry]:
    """All that is offered, by name; read anew every :data:`SECONDS` and when a scene is installed."""
    kept: list[Entry] | None = cache.get(CACHE)
    if kept is None:
        kept = _read()
        cache.set(CACHE, kept, SECONDS)
    return kept


def _read() -> list[Entry]:
    promised = newest_keys()
    rows = list(ServiceItem.objects.filter(is_offered=True).order_by("key")[:MOST])
    windows: dict[str, list[str]] = {}
    for key, of in ServiceWindow.objects.filter(is_offered=True).order_by("key").values_list("key", "body"):
        windows.setdefault(of, []).append(key)
    bodies = {row.key: row for row in Body.objects.filter(key__in={row.body for row in rows})}
    found = [
        _item(row, bodies.get(row.body), promised.get(row.process, ""), windows.get(row.body, []))
        for row in rows
    ]
    items = {entry.key: entry for entry in found}
    bundles = ServiceBundle.objects.filter(is_offered=True).order_by("key")[:MOST]
    found += [_bundle(row, items) for row in bundles]
    return sorted(found, key=lambda one: (one.letter, one.spellings[:1] or (one.name_zh,)))


def _keys(spellings: list[list[str]]) -> tuple[str, ...]:
    return tuple(part for _text, whole, initials in spellings for part in (whole, initials))


def _item(row: ServiceItem, body: Body | None, promised: str, windows: list[str]) -> Entry:
    item = read_item_entry(row.declared)
    return Entry(
        key=row.key,
        kind="item",
        name_zh=item.name.zh,
        name_en=item.name.en,
        about_zh=item.about.zh if item.about else "",
        about_en=item.about.en if item.about else "",
        words=item.words,
        spellings=_keys(row.spellings),
        letter=row.letter,
        body=item.body,
        body_zh=body.name if body else item.body,
        body_en=body.name_en if body else item.body,
        audience=item.audience,
        events=item.events,
        promised=item.promised or promised,
        legal=item.legal,
        visits=item.visits,
        online=item.online,
        scene=row.scene,
        windows=item.windows or tuple(windows),
        at=tuple(item.at),
    )


def _bundle(row: ServiceBundle, items: dict[str, Entry]) -> Entry:
    bundle = read_bundle_entry(row.declared)
    parts = [items[key] for key in bundle.items if key in items]
    lead = parts[0] if parts else None
    return Entry(
        key=row.key,
        kind="bundle",
        name_zh=bundle.name.zh,
        name_en=bundle.name.en,
        about_zh=bundle.about.zh if bundle.about else "",
        about_en=bundle.about.en if bundle.about else "",
        words=bundle.words,
        spellings=_keys(row.spellings),
        letter=letter_of(row.spellings, bundle.name.zh),
        body=lead.body if lead else "",
        body_zh=lead.body_zh if lead else "",
        body_en=lead.body_en if lead else "",
        audience=tuple(dict.fromkeys(one for part in parts for one in part.audience)),
        events=bundle.events or tuple(dict.fromkeys(one for part in parts for one in part.events)),
        promised=bundle.promised,
        legal="",
        visits=max((part.visits for part in parts), default=0),
        online=all(part.online for part in parts),
        scene=row.scene,
        parts=tuple(bundle.items),
        at=tuple(dict.fromkeys(one for key in bundle.items if key in items for one in items[key].at)),
    )


def search(text: str, among: Sequence[Entry] | None = None) -> list[Entry]:
    """What the words may mean, the best first; nothing for no words."""
    asked = " ".join(text.split())[:LONGEST].casefold()
    known = list(among if among is not None else entries())
    if not asked:
        return []
    ranked = [(rank, entry) for entry in known if (rank := _rank(asked, entry))]
    if not ranked and len(plain(asked)) >= SHORTEST_SLIP:
        ranked = _near(asked, known)
    return [entry for _rank_, entry in sorted(ranked, key=lambda pair: (-pair[0], len(pair[1].name_zh)))]


def _rank(asked: str, entry: Entry) -> float:
    """100 for a name itself, less for its beginning, a part, its pinyin, what it is about; 0: not."""
    called = [entry.name_zh.casefold(), entry.name_en.casefold(), *(word.casefold() for word in entry.words)]
    if asked in called:
        return 100
    if any(name.startswith(asked) for name in called):
        return 90
    words = asked.split()
    if any(all(word in name for word in words) for name in called):
        return 80
    if any(len(name) > 1 and name in asked for name in called if not name.isascii()):
        return 70  # "我想办营业执照" holds the name
    typed = plain(asked)
    if typed.isascii() and len(typed) > 1:
        if typed in entry.spellings:
            return 65
        if any(key.startswith(typed) for key in entry.spellings):
            return 60
        if len(typed) > 2 and any(typed in key for key in entry.spellings):
            return 50
    about = f"{entry.about_zh} {entry.about_en} {entry.body_zh} {entry.body_en}".casefold()
    return 30 if len(asked) > 1 and all(word in about for word in words) else 0


def _near(asked: str, known: Sequence[Entry]) -> list[tuple[float, Entry]]:
    """Names that are nearly what was typed: in characters, or in pinyin."""
    typed = plain(asked)
    choices: dict[tuple[int, int], str] = {}
    for number, entry in enumerate(known):
        keys = entry.spellings if typed.isascii() else ()
        called = (entry.name_zh, entry.name_en, *entry.words, *keys)
        choices |= {(number, place): plain(name) for place, name in enumerate(called)}
    best: dict[int, float] = {}
    matches = process.extract(typed, choices, scorer=fuzz.ratio, score_cutoff=NEAR, limit=20)
    for _text, score, (number, _place) in matches:
        best[number] = max(best.get(number, 0.0), score)
    return [(score / 10, known[number]) for number, score in best.items()]
