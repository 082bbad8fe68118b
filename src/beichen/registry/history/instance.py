"""What a history is made of: instances of attributes in time, whoever keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from beichen.kernel.actor import Actor
from beichen.registry.document.expansion import Instance
from beichen.registry.document.representation import time_text

OBSERVED, CREATED, MODIFIED, DELETED = "observedAt", "createdAt", "modifiedAt", "deletedAt"
TIME_PROPERTIES = (OBSERVED, CREATED, MODIFIED, DELETED)
SCOPE = "scope"


def moment_of(text: str) -> datetime:
    """A UTC time of clause 4.6.3."""
    return datetime.fromisoformat(text)


def aware(moment: datetime) -> datetime:
    """A time with its zone; SQLite gives times without one, and they are UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


@dataclass(slots=True)
class Point:
    """An instance of an attribute at a time. ``key`` is its instanceId; ``document`` its stored form."""

    attribute: str
    key: str
    document: Instance
    created_at: datetime
    modified_at: datetime
    deleted_at: datetime | None = None

    @property
    def dataset(self) -> str:
        """Its datasetId; empty for the default instance."""
        return str(self.document.get("datasetId", ""))

    def at(self, time_property: str) -> datetime | None:
        """Its time by one of the time properties; None where it has none."""
        if time_property == OBSERVED:
            text = self.document.get(OBSERVED)
            return moment_of(text) if isinstance(text, str) else None
        if time_property == DELETED:
            return self.deleted_at
        return self.created_at if time_property == CREATED else self.modified_at

    def text_at(self, time_property: str) -> str | None:
        """The same as it is written."""
        if time_property == OBSERVED:
            text = self.document.get(OBSERVED)
            return text if isinstance(text, str) else None
        moment = self.at(time_property)
        return None if moment is None else time_text(moment)


@dataclass(slots=True)
class Timeline:
    """The history of one entity id: its head, and its instances by attribute in the order they came."""

    urn: str
    types: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    created_at: datetime | None = None
    modified_at: datetime | None = None
    deleted_at: datetime | None = None
    points: dict[str, list[Point]] = field(default_factory=dict)
    is_cut: bool = False  # other instances are kept, and were not read: the answer says that it is a part

    def add(self, point: Point) -> None:
        """Add an instance."""
        self.points.setdefault(point.attribute, []).append(point)

    def add_types(self, types: Sequence[str]) -> None:
        """Add types that are not there yet."""
        self.types += [item for item in types if item not in self.types]

    def span(self, created: datetime, modified: datetime) -> None:
        """Widen the entity's own times."""
        created, modified = aware(created), aware(modified)
        self.created_at = min(created, self.created_at or created)
        self.modified_at = max(modified, self.modified_at or modified)


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a history is asked for; readers may give more, never less.

    ``attributes`` empty means all. ``last`` is how many of each attribute, the latest first.
    """

    time_property: str = OBSERVED
    start: datetime | None = None
    end: datetime | None = None
    attributes: frozenset[str] = frozenset()
    last: int | None = None


class HistoryProvider(Protocol):
    """A room that keeps instances of attributes elsewhere, such as readings in the warehouse.

    ``read`` adds to ``timelines`` (by id, of entities that ``actor`` may see) the instances within
    ``window``; each has an instanceId that is the same every time. It never adds timelines.
    """

    def read(self, timelines: dict[str, Timeline], window: Window, actor: Actor) -> None:
        """Add the instances that the room keeps."""
        ...


_providers: dict[str, HistoryProvider] = {}


def add_history_provider(name: str, provider: HistoryProvider) -> None:
    """Register a provider, in a room's ``apps.ready()``. Raises ValueError for a name that is taken."""
    if _providers.setdefault(name, provider) is not provider:
        raise ValueError(f"a history provider is called {name} already")


def providers() -> list[HistoryProvider]:
    """The providers of all rooms."""
    return list(_providers.values())
