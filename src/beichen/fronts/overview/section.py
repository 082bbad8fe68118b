"""`views.yaml` of a scene: what it shows on the overview."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from beichen.fronts.overview.models import Card
from beichen.fronts.overview.service import put_cards
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.vocabulary import KEY, Schema, record
from beichen.problem import Problem, nearest, shorten

FILE = "views.yaml"
INDICATORS = "indicators/*.sql"
_TITLE: Schema = record(
    {
        "zh": {"type": "string", "minLength": 1, "maxLength": 60},
        "en": {"type": "string", "minLength": 1, "maxLength": 100},
    }
)


class ViewsSection(Section):
    """A scene's cards."""

    key = "views"
    kind = PackageKind.SCENE
    files = (FILE,)
    order = 85
    reads = (INDICATORS,)

    def schema(self) -> Schema:
        """Cards in their order."""
        card = record({"indicator": KEY}, {"title": _TITLE})
        return record({"cards": {"type": "array", "items": card, "minItems": 1, "maxItems": 8}})

    def check(self, package: Package) -> list[Problem]:
        """Each card's indicator is declared here or in a required scene, and stands once."""
        document = package.document(FILE)
        if document is None:
            return []
        packages = (*package.required.values(), package)
        known = {PurePosixPath(name).stem for one in packages for name in one.glob(INDICATORS)}
        named = [str(card["indicator"]) for card in document.value["cards"]]
        problems = []
        for number, key in enumerate(named):
            where = document.position(("cards", number, "indicator"))
            if key not in known:
                message = shorten(f"no scene declares the indicator {key!r}")
                problems.append(Problem(NO_REFERENCE, message, where, nearest(key, known)))
            elif key in named[:number]:
                problems.append(Problem(NO_REFERENCE, shorten(f"{key!r} stands twice"), where))
        return problems

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Make the scene's cards those that it names."""
        return put_cards(_cards(package), owner=_owner(package), by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Take its cards away."""
        return put_cards([], owner=_owner(package), by=by)

    def describe(self, package: Package) -> str:
        """The indicators on the overview."""
        return "\n".join(f"- {card.indicator}" for card in _cards(package))


SECTIONS: tuple[Section, ...] = (ViewsSection(),)


def _owner(package: Package) -> str:
    return f"{package.kind}:{package.key}"


def _cards(package: Package) -> list[Card]:
    cards: list[dict[str, Any]] = package.value(FILE).get("cards", [])
    return [
        Card(
            owner=_owner(package),
            position=number,
            indicator=str(card["indicator"]),
            title=str(card.get("title", {}).get("zh", "")),
            title_en=str(card.get("title", {}).get("en", "")),
        )
        for number, card in enumerate(cards)
    ]
