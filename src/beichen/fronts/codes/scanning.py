"""Reading the codes that people show: yes or no with the reason, each code once, and a note for the person.

A gate, a clerk's scanner or the later upload of a gate without a network brings codes. Signature and time are
checked before the database is asked anything. What one transaction reads of all codes it reads at once.

A scan is kept for the person for a limited time. The audit chain, which forgets nothing, is told less: that
this reader read a code of this person on this day, at the first scan of the day and without the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from beichen.fronts.codes.bodies import body_of
from beichen.fronts.codes.gates import entitlements_of
from beichen.fronts.codes.holding import Held, Standing, standing
from beichen.fronts.codes.keys import person_keys
from beichen.fronts.codes.models import Counter, Entitlement, Gate, Grant, Holder, Pseudonym, Reader, Scan
from beichen.fronts.codes.permissions import SCAN
from beichen.fronts.codes.problems import NO_READER, TOO_MANY
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Person
from beichen.problem import Problem, ProblemError, said
from beichen_proof import code as proof
from beichen_proof.refusal import Reason, RefusedError

MOST_AT_ONCE = 500
ONLINE_SKEW = 5
"""Seconds that processes of this house may differ; a gate asks its own."""
UPLOAD_DAYS = 7
READ_ACTION = "codes.person.read"
UNKNOWN_PERSON = Reason.UNKNOWN_ISSUER


@dataclass(frozen=True, slots=True)
class Point:
    """Where codes are read: for which reader, at which gate (None: by hand), for what, and where that is."""

    reader: Reader
    purposes: tuple[str, ...]
    place: str
    gate: Gate | None = None
    takes: bool = False


@dataclass(frozen=True, slots=True)
class Brought:
    """A code as it was brought; ``at`` is when a gate without a network read it, None for now."""

    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gate is told: nothing of the person but whether the entitlement holds."""

    accepted: bool
    reason: str
    entitlement: str = ""
    left: int | None = None
    pseudonym: str = ""
    is_known: bool = False  # an upload that was brought before
    reference: str = ""  # of what took one from a counter, by which it is given back


@dataclass(slots=True)
class _Read:
    """A code whose signature, reader, purpose and time are good, on its way to an answer."""

    number: int
    shown: proof.Shown
    at: datetime
    is_offline: bool


def point_of(gate: Gate) -> Point:
    """Where a gate reads."""
    return Point(gate.reader, tuple(gate.entitlements), gate.place, gate, gate.takes)


def desk(reader_key: str, purpose: str, *, by: Actor) -> Point:
    """A desk at which somebody reads by hand. Raises ProblemError ACC-403, COD-201, COD-305."""
    reader = Reader.objects.select_related("body").filter(key=reader_key, is_current=True).first()
    if reader is None:
        raise ProblemError(Problem(NO_READER, said("no reader has this key")))
    access.require(by, SCAN)
    body = body_of(reader)
    access.require(by, SCAN, reader)
    return Point(reader, (purpose,), body.name[:100])


def read_codes(
    brought: Sequence[Brought], point: Point, *, by: Actor, now: datetime | None = None
) -> list[Answer]:
    """An answer to each code, in order. Raises ProblemError COD-204, COD-102."""
    if len(brought) > MOST_AT_ONCE:
        raise ProblemError(Problem(TOO_MANY, said("at most {most} codes at once", most=MOST_AT_ONCE)))
    moment = now or timezone.now()
    answers: dict[int, Answer] = {}
    good: list[_Read] = []
    keys = _Keys()
    for number, one in enumerate(brought):
        try:
            good.append(_read(number, one, point, keys, moment))
        except RefusedError as error:
            answers[number] = Answer(False, error.reason.value)
    if good:
        with transaction.atomic():
            answers |= _answered(good, point, by, moment)
    return [answers[number] for number in range(len(brought))]


class _Keys(dict[str, Ed25519PublicKey]):
    """The keys of one request, each asked for once, those that there are not too."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        if name not in self._asked:
            self._asked.add(name)
            self.update(person_keys(name))
        return super().get(name, default)


def _read(number: int, one: Brought, point: Point, keys: proof.Keys, now: datetime) -> _Read:
    """Raises RefusedError."""
    shown = proof.opened(one.text.strip(), keys)
    at, skew = (one.at, proof.SKEW) if one.at is not None else (now, ONLINE_SKEW)
    if one.at is not None and not now - timedelta(days=UPLOAD_DAYS) <= one.at <= now + timedelta(
        seconds=skew
    ):
        raise RefusedError(Reason.EXPIRED, "the time of the scan is not within the last days")
    proof.check(shown, now=at.timestamp(), party=point.reader.key, purposes=point.purposes, skew=skew)
    return _Read(number, shown, at, one.at is not None)


def _answered(good: list[_Read], point: Point, by: Actor, now: datetime) -> dict[int, Answer]:
    people = _people(point.reader, {one.shown.pseudonym for one in good})
    ids = {person.pk for person in people.values()}
    withdrawn = dict(Holder.objects.filter(person__in=ids).values_list("person_id", "withdrawn_at"))
    kinds = entitlements_of(point.purposes)
    held = Grant.objects.filter(person__in=ids, entitlement__in=[row.pk for row in kinds.values()])
    grants = {(row.person_id, row.entitlement_id): row for row in held}
    used = Counter.objects.filter(person__in=ids, entitlement__in=[row.pk for row in kinds.values()])
    counters = {(row.person_id, row.entitlement_id): (row.left, row.round) for row in used}
    unseen = _unseen(people.values(), point.reader, now)
    answers = {}
    for one in sorted(good, key=lambda one: _order(one, people)):
        person, kind = people.get(one.shown.pseudonym), kinds.get(one.shown.purpose)
        if person is None or kind is None:
            answers[one.number] = Answer(False, UNKNOWN_PERSON.value)
            continue
        place = (person.pk, kind.pk)
        left, round_ = counters.get(place, (None, 1))
        held_now = standing(kind, grants.get(place), one.at, left)
        is_withdrawn = person.pk in withdrawn and one.shown.issued < withdrawn[person.pk].timestamp()
        word = Reason.REVOKED.value if is_withdrawn else held_now.standing.value
        answers[one.number] = answer = _settled(one, point, person, held_now, word, round_)
        if answer.left is not None:
            counters[place] = (answer.left, round_)
    _note_readers(unseen, point.reader, by)
    return answers


def _order(one: _Read, people: Mapping[str, Person]) -> tuple[int, datetime]:
    """People in one order for everybody who reads, so that nobody waits for another in a ring.

    What one person showed keeps its order: of the last ride, the first who was read has it.
    """
    person = people.get(one.shown.pseudonym)
    return person.pk if person is not None else 0, one.at


def _people(reader: Reader, values: set[str]) -> dict[str, Person]:
    rows = Pseudonym.objects.filter(reader=reader, value__in=values).select_related("person")
    return {row.value: row.person for row in rows}


def _settled(one: _Read, point: Point, person: Person, held: Held, word: str, round_: int) -> Answer:
    """The answer to one code, which is kept; the same code again is refused, and noted."""
    kind, left = held.entitlement, held.left
    takes = point.takes and word == Standing.GRANTED and left is not None
    scan = Scan(
        nonce=one.shown.nonce,
        person=person,
        reader=point.reader,
        gate=point.gate,
        entitlement=kind,
        place=point.place,
        answer=word,
        at=one.at,
        is_offline=one.is_offline,
        took=round_ if takes else 0,
    )
    if not _kept(scan):
        return _again(one, point, kind)
    if takes and left is not None:
        took, left = _take(kind, person, left)
        word = word if took else Standing.USED_UP.value
        if took != round_:  # used up, or filled anew at the same time
            Scan.objects.filter(nonce=scan.nonce).update(answer=word, took=took)
    is_good = word == Standing.GRANTED
    reference = scan.nonce if takes and is_good else ""
    return Answer(is_good, word, kind.key, left, one.shown.pseudonym, reference=reference)


def _kept(scan: Scan) -> bool:
    """Write the scan unless its code was read before: one statement, whoever else comes at the same time."""
    fields = [field for field in Scan._meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = quote(Scan._meta.db_table)
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"
    values = [field.get_db_prep_save(getattr(scan, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.rowcount == 1)


def _again(one: _Read, point: Point, kind: Entitlement) -> Answer:
    """An upload that is sent again is known; any other second showing is a replay, which the person sees."""
    before = Scan.objects.get(nonce=one.shown.nonce)
    gate = point.gate.pk if point.gate else None
    if one.is_offline and before.is_offline and before.gate_id == gate and before.at == one.at:
        accepted = before.answer == Standing.GRANTED
        return Answer(accepted, before.answer, kind.key, None, one.shown.pseudonym, is_known=True)
    Scan.objects.filter(pk=before.pk).update(repeats=F("repeats") + 1)
    return Answer(False, Reason.REPLAYED.value, kind.key)


def _take(kind: Entitlement, person: Person, left: int) -> tuple[int, int]:
    """One less on the counter, never below nothing, whoever else takes at the same time.

    Returns from which round it was taken, 0 where nothing was left, and what is left.
    """
    full = {"left": left, "start": left}
    Counter.objects.get_or_create(entitlement=kind, person=person, defaults=full)
    rows = Counter.objects.filter(entitlement=kind, person=person)
    is_taken = rows.filter(left__gt=0).update(left=F("left") - 1, taken=F("taken") + 1)
    left, round_ = rows.values_list("left", "round").get()
    return (round_ if is_taken else 0), left


def _unseen(people: Iterable[Person], reader: Reader, now: datetime) -> list[Person]:
    """Those of whom this reader read no code today, before it reads these."""
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    known = list(people)
    today = Scan.objects.filter(person__in=[one.pk for one in known], at__gte=day, reader=reader)
    noted = set(today.values_list("person_id", flat=True))
    return [person for person in known if person.pk not in noted]


def _note_readers(people: Iterable[Person], reader: Reader, by: Actor) -> None:
    """The chain learns once a day that this reader read codes of a person: last, as all wait for it."""
    for person in people:
        resource = f"fronts_codes.reader:{reader.key}"
        audit.record(by, READ_ACTION, resource, subject=person.code, reason="shown by the person")


def own_scans(by: Actor) -> QuerySet[Scan]:
    """The scans of whoever asks, the latest first; nobody can ask for somebody else's."""
    code = by.key.removeprefix("person:") if by.key.startswith("person:") else ""
    rows = Scan.objects.select_related("reader", "entitlement", "gate").order_by("-at", "-id")
    return rows.filter(person__code=code) if code else rows.none()


def withdrawals(reader: Reader, *, now: datetime | None = None) -> list[dict[str, object]]:
    """For gates without a network: pseudonyms of this reader whose codes were withdrawn within the last
    minutes, with the second since when codes count again. Older ones have expired by themselves."""
    moment = now or timezone.now()
    recent = moment - timedelta(seconds=proof.MOST_AHEAD + proof.LIFETIME + proof.SKEW)
    holders = dict(Holder.objects.filter(withdrawn_at__gte=recent).values_list("person_id", "withdrawn_at"))
    stopped = Grant.objects.filter(~Q(state="valid"), changed_at__gte=recent)
    for person, changed in stopped.values_list("person_id", "changed_at"):
        holders[person] = max(holders.get(person, changed), changed)
    rows = Pseudonym.objects.filter(reader=reader, person__in=list(holders))
    return [{"pseudonym": row.value, "since": -int(-holders[row.person_id].timestamp() // 1)} for row in rows]
