"""What waits for somebody who works: a room registers what it brings to a desk, in ``apps.ready()``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from beichen.kernel.actor import Actor
from beichen.web.ordered import Ordered

MOST = 99  # that are counted; a desk need not know how many more


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, the page where it is taken up, and how many they are, up to :data:`MOST` and one more."""

    title: str | Promise
    url: str
    count: int

    @property
    def figure(self) -> str:
        """The count, as it is shown."""
        return f"{MOST}+" if self.count > MOST else str(self.count)


Provider = Callable[[Actor], "Waiting | None"]
_providers: Ordered[Provider] = Ordered()


def register_waiting(key: str, order: int, provide: Provider) -> None:
    """Show at desks what ``provide`` finds; low orders stand first, None shows nothing.

    Each look at a desk asks: a provider asks the database once or twice, by an index.
    """
    _providers.add(key, order, provide)


def waiting_for(by: Actor) -> list[tuple[str, Waiting]]:
    """Key and number of all that waits for the actor in rooms that said so, in order."""
    found = [(key, provide(by)) for key, provide in _providers]
    return [(key, one) for key, one in found if one is not None and one.count]
