"""`demo-citizens.yaml` of a city: who of the demo's people is checked and acts for whom, and invented news.

Installed only where the setting `demo` is on; everything is marked as a demonstration.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from beichen.fronts.citizen.models import News
from beichen.fronts.citizen.news.writing import NewsFacts, publish_news, save_news
from beichen.kernel.access import service as access
from beichen.kernel.access.models import Account, IdentityCheck, Representation
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.org.models import Body, Person
from beichen.kernel.org.service import register_person
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.vocabulary import KEY, record
from beichen.settings import settings

FILE = "demo-citizens.yaml"
_TEXT: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 5_000}
_NAME: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
_ACT = record(
    {"account": KEY, "kind": {"enum": ["legal", "staff", "agent", "parent"]}, "name": _NAME},
    {"code": {"type": "string", "pattern": "^[0-9A-Z-]{2,40}$"}},
)
_NEWS = record(
    {"body": KEY, "title": _NAME, "text": _TEXT},
    {"title_en": _NAME, "text_en": _TEXT, "days": {"type": "integer", "minimum": 0, "maximum": 1_000}},
)


class DemoCitizensSection(Section):
    """Demo citizens and demo news."""

    key = "demo-citizens"
    kind = PackageKind.CITY
    files = (FILE,)
    order = 92

    def schema(self) -> dict[str, Any]:
        """Accounts that a window has checked, who acts for whom, and news; a child has no code."""
        return record(
            {},
            {
                "checked": {"type": "array", "items": KEY, "maxItems": 500},
                "acts": {"type": "array", "items": _ACT, "maxItems": 500},
                "news": {"type": "array", "items": _NEWS, "maxItems": 500},
            },
        )

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Add what is missing; what is there stays as it is."""
        changes = Changes()
        if not settings().demo:
            return changes
        demo = package.value(FILE)
        people = {row.username: row.person for row in Account.objects.select_related("person")}
        for name in demo.get("checked", ()):
            _tell(changes, f"checked {name}", _check(people.get(name), by))
        for act in demo.get("acts", ()):
            _tell(changes, f"{act['account']} for {act['name']}", _act(people.get(act["account"]), act, by))
        for entry in demo.get("news", ()):
            _tell(changes, entry["title"], _news(entry, by))
        return changes


def _tell(changes: Changes, name: str, is_added: bool) -> None:
    if is_added:
        changes.added.append(name)
    else:
        changes.unchanged += 1


def _check(person: Person | None, by: Actor) -> bool:
    if person is None or IdentityCheck.objects.filter(person=person).exists():
        return False
    access.record_identity(
        person, access.Assurance.WINDOW, "演示：居民身份证 尾号 0000", by=by, name=person.name
    )
    return True


def _act(person: Person | None, act: dict[str, Any], by: Actor) -> bool:
    known = Representation.objects.filter(representative=person, subject_name=act["name"])
    if person is None or known.exists():
        return False
    is_child = act["kind"] == "parent"
    code = register_person(act["name"], by=by, is_demo=True).code if is_child else act["code"]
    subject = access.Subject(code, act["name"], "person" if is_child else "firm")
    access.record_representation(person, subject, act["kind"], by=by, evidence="演示")
    return True


def _news(entry: dict[str, Any], by: Actor) -> bool:
    body = Body.objects.filter(key=entry["body"]).first()
    if body is None or News.objects.filter(body=body, title=entry["title"]).exists():
        return False
    day = timezone.localdate() - timedelta(days=entry.get("days", 0))
    facts = NewsFacts(
        title=entry["title"],
        text=entry["text"],
        body=body.key,
        since=day,
        title_en=entry.get("title_en", ""),
        text_en=entry.get("text_en", ""),
        is_demo=True,
    )
    publish_news(save_news(facts, by=by).pk, by=by)
    return True


SECTIONS: tuple[Section, ...] = (DemoCitizensSection(),)
