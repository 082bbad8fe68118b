"""Filing an objection: by anybody, without an account, while the notice runs; sent twice it is one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.fronts.services.affair.finding import lock
from beichen.fronts.services.affair.stream import happened
from beichen.fronts.services.models import Affair, Task, Timer
from beichen.fronts.services.objection.models import Objection
from beichen.fronts.services.permissions import OBJECT
from beichen.fronts.services.problems import BAD_VALUE, NO_NOTICE
from beichen.fronts.services.queries import notices
from beichen.fronts.services.words import CLOSED, Standing
from beichen.hubs.events.service import ReporterFacts, dated_code, faults_of, legible
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body, Person
from beichen.problem import Problem, ProblemError, Where, said, shorten

LONGEST = 4000
LONGEST_KEY = 90
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody says against what is on notice; how to reach them is theirs to leave or not.

    ``key`` is the sender's own identity of it: the same one is filed once. ``facts.person`` is the code of
    who is signed in and keeps it among their things.
    """

    statement: str
    is_interested: bool = False
    facts: ReporterFacts = field(default_factory=ReporterFacts)
    key: str = ""


@transaction.atomic
def file(notice: UUID, draft: Draft, *, by: Actor, now: datetime | None = None) -> Objection:
    """Object to what is on this notice (提出异议); who is given the objection may rely on it.

    Raises ProblemError ACC-403, SRV-305 with every mistake, SRV-531 for a notice that is over, or none.
    """
    access.require(by, OBJECT)
    moment, said_so = now or timezone.now(), _checked(draft)
    if (known := _known(draft.key)) is not None:
        return known
    code = notices(moment).filter(engine_id=notice).values_list("affair__code", flat=True).first()
    affair = lock(code) if code is not None else None
    if (known := _known(draft.key)) is not None:  # sent twice at once: the other one was first
        return known
    timer = _running(affair, notice, moment)
    if affair is None or timer is None:
        raise _over()
    row = Objection.objects.create(
        code=dated_code(moment),
        affair=affair,
        step=timer.step,
        body=decider(affair),
        statement=said_so.statement,
        is_interested=draft.is_interested,
        person=Person.objects.filter(code=draft.facts.person).first() if draft.facts.person else None,
        name=said_so.facts.name,
        phone=said_so.facts.phone,
        email=said_so.facts.email,
        language=said_so.facts.language,
        key=draft.key or None,
        secret="".join(secrets.choice(ALPHABET) for _place in range(8)),
        filed_at=moment,
    )
    detail = {"objection": row.code}
    happened(affair, "objected", detail, by=by, now=moment, step=row.step, body=row.body, right=OBJECT)
    affair.save(update_fields=["version"])
    return row


def _known(key: str) -> Objection | None:
    return Objection.objects.filter(key=key).first() if key else None


def _running(affair: Affair | None, notice: UUID, now: datetime) -> Timer | None:
    """The notice, read after its affair was locked; None when its time is over."""
    if affair is None or affair.status in CLOSED:
        return None
    rows: QuerySet[Timer] = notices(now).filter(affair=affair, engine_id=notice)
    return rows.first()


def notice_of(notice: UUID, now: datetime | None = None) -> Timer:
    """The notice as it runs. Raises ProblemError SRV-531 when it does not."""
    row = notices(now).filter(engine_id=notice).first()
    if row is None:
        raise _over()
    return row


def _over() -> ProblemError:
    hint = said("see what runs at /services/notices")
    return ProblemError(Problem(NO_NOTICE, said("this public notice is over"), hint=hint))


def decider(affair: Affair) -> Body:
    """Who put it on notice, and answers: the body that did the last step, else the first that took part."""
    done = Task.objects.filter(affair=affair, standing=Standing.DONE).select_related("body")
    task = done.order_by("-closed_at", "-number").first()
    if task is not None:
        return task.body
    return Body.objects.get(pk=affair.bodies.order_by("id").values_list("body", flat=True)[:1])


def _checked(draft: Draft) -> Draft:
    """The draft without unseen characters. Raises ProblemError SRV-305 with every mistake."""
    statement, facts = legible(draft.statement), replace(draft.facts, name=legible(draft.facts.name))
    found = []
    if not statement:
        found.append(_bad("statement", said("nothing is said here")))
    if len(statement) > LONGEST:
        found.append(_bad("statement", said("longer than {limit} characters", limit=LONGEST)))
    if len(draft.key) > LONGEST_KEY:
        found.append(_bad("key", said("longer than {limit} characters", limit=LONGEST_KEY)))
    if "\0" in draft.key + draft.facts.phone + draft.facts.email:
        found.append(_bad("statement", said("a character that no text holds")))
    found += [_bad(str(one.where.field), one.message) for one in faults_of(facts)]
    if found:
        raise ProblemError(*found)
    return replace(draft, statement=statement, facts=facts)


def _bad(name: str, message: str) -> Problem:
    return Problem(BAD_VALUE, shorten(message), Where(field=name))
