"""Suggesting for new cases: of what kind one may be, and which open cases may be about the same thing.

A suggestion is no step of a case: it is kept beside the stream, may be made anew, and a person decides. The
city's own closed cases teach (`beichen events train`); until then the keywords of kinds and categories do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from django.db import connection
from django.db.models import QuerySet

from beichen.hubs.events.intake.places import cells_within, metres_between
from beichen.hubs.events.models import Case, CaseBand, EventKind, Likeness
from beichen.hubs.events.suggestion.classifier import Classifier, train
from beichen.hubs.events.suggestion.keywords import KeywordClassifier
from beichen.hubs.events.suggestion.quality import Quality
from beichen.hubs.events.suggestion.similarity import ALIKE, bands, shared_words, similarity
from beichen.hubs.events.suggestion.suggestions import Suggester
from beichen.hubs.events.words import Outcome, Stage
from beichen.settings import settings

NEAR_M = 300.0
NEAR_SPAN = timedelta(days=14)
MOST_NEAR, MOST_A_BAND, MOST_OF_BANDS, MOST_SHOWN = 50, 20, 50, 5
MOST_SAMPLES = 50_000
_LATEST = (
    "SELECT case_id FROM "
    "(SELECT case_id FROM {table} WHERE band = %s ORDER BY case_id DESC LIMIT %s) AS latest"
)
_MOST_SHARED = (
    "SELECT case_id FROM ({sharing}) AS shared GROUP BY case_id ORDER BY count(*) DESC, case_id DESC LIMIT %s"
)


def model_file() -> Path:
    """Where the trained classifier is kept; each machine of a house has its own copy."""
    return settings().data_dir / "models" / "event-kinds.npz"


def suggester() -> Suggester:
    """What suggests now: the trained classifier where there is one, else keywords."""
    return trained() or _by_keywords(tuple(sorted(keywords_of_kinds().items())))


def trained() -> Classifier | None:
    """The trained classifier; None for a city that has not trained one."""
    file = model_file()
    return _loaded(str(file), file.stat().st_mtime_ns) if file.exists() else None


def keywords_of_kinds() -> dict[str, tuple[str, ...]]:
    """The words by which each kind is known before anything was learned: its own and its category's."""
    rows = (
        EventKind.objects.filter(is_current=True)
        .select_related("category")
        .only("key", "name", "declared", "category__keywords")
    )
    return {
        row.key: (
            row.name,
            *row.declared.get("keywords", ()),
            *(row.category.keywords if row.category else ()),
        )
        for row in rows
    }


@lru_cache(maxsize=1)
def _loaded(file: str, _changed: int) -> Classifier:
    return Classifier.load(Path(file))


@lru_cache(maxsize=2)
def _by_keywords(words: tuple[tuple[str, tuple[str, ...]], ...]) -> KeywordClassifier:
    return KeywordClassifier(dict(words))


def look_at(code: str) -> None:
    """Suggest for a case that was opened: its kind where nobody said it, and open cases that are alike."""
    case = Case.objects.filter(code=code).first()
    if case is None or not case.is_open:
        return
    if case.kind_id is None:
        case.suggested = _suggested(case.text)
        Case.objects.filter(pk=case.pk).update(suggested=case.suggested)
    own = bands(case.text)
    found = _alike(case, [*_near(case), *_same_words(case, own)])
    CaseBand.objects.bulk_create([CaseBand(band=band, case=case) for band in own], ignore_conflicts=True)
    Likeness.objects.bulk_create(found, ignore_conflicts=True)


def let_go(code: str) -> None:
    """A case that is closed is no candidate any more."""
    CaseBand.objects.filter(case__code=code).delete()


def _suggested(text: str) -> list[dict[str, object]]:
    chosen = suggester()
    known = set(EventKind.objects.filter(is_current=True).values_list("key", flat=True))
    found = chosen.suggest([text])[0]
    is_sure = not chosen.is_unsure(found)
    return [
        {"kind": one.label, "share": round(one.share, 3), "is_sure": is_sure and place == 0}
        for place, one in enumerate(found)
        if one.label in known
    ]


def _near(case: Case) -> list[int]:
    """Open cases nearby of the last days, the newest."""
    if case.cell is None:
        return []
    rows = Case.objects.filter(
        is_open=True, cell__in=cells_within(case.cell, NEAR_M), opened_at__gte=case.opened_at - NEAR_SPAN
    )
    return list(rows.exclude(pk=case.pk).order_by("-opened_at").values_list("pk", flat=True)[:MOST_NEAR])


def _same_words(case: Case, own: Sequence[int]) -> list[int]:
    """Open cases that share most bands, among the newest of each: an index range a band."""
    if not own:
        return []
    latest = _LATEST.format(table=CaseBand._meta.db_table)
    sharing = " UNION ALL ".join([latest] * len(own))
    statement = _MOST_SHARED.format(sharing=sharing)
    values = [value for band in own for value in (band, MOST_A_BAND)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, MOST_OF_BANDS])
        return [row[0] for row in cursor.fetchall() if row[0] != case.pk]


def _alike(case: Case, candidates: Sequence[int]) -> list[Likeness]:
    rows = Case.objects.filter(pk__in=set(candidates), is_open=True).exclude(stage=Stage.RATE)
    scored = sorted(((similarity(case.text, row.text), row) for row in rows), key=lambda pair: -pair[0])
    return [
        Likeness(
            case=case,
            other=row,
            metres=_metres(case, row),
            minutes=abs((case.opened_at - row.opened_at).total_seconds()) / 60,
            similarity=round(score, 3),
            shared=shared_words(case.text, row.text),
        )
        for score, row in scored[:MOST_SHOWN]
        if score >= ALIKE
    ]


def _metres(case: Case, other: Case) -> float | None:
    if None in (case.longitude, case.latitude, other.longitude, other.latitude):
        return None
    here, there = (
        (case.longitude or 0.0, case.latitude or 0.0),
        (other.longitude or 0.0, other.latitude or 0.0),
    )
    return round(metres_between(here, there), 1)


def _closed() -> QuerySet[Case]:
    return Case.objects.filter(closed_at__isnull=False, kind__isnull=False, outcome=Outcome.RESOLVED)


def closed_samples() -> list[tuple[str, str]]:
    """Text and kind of the city's own solved cases, the latest :data:`MOST_SAMPLES`."""
    return list(_closed().order_by("-closed_at").values_list("text", "kind__key")[:MOST_SAMPLES])


def has_samples() -> bool:
    """Whether there is anything to learn from."""
    return _closed().order_by("-closed_at").exists()


def learn(*, today: date) -> Quality:
    """Train on the city's own closed cases, the latest; returns the quality on those that were held out.

    Raises ProblemError EVT-201 when no case of a known kind was closed yet.
    """
    found = train(closed_samples(), today=today)
    model_file().parent.mkdir(parents=True, exist_ok=True)
    found.save(model_file())
    return found.quality
