"""Kinds of certificates as packages declare them. Loading compares first and writes what differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes
from beichen.kernel.org.models import Body
from beichen.platforms.ledger.codes import KIND_TAKEN, NO_BODY
from beichen.platforms.ledger.models import CertificateKind
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten


@transaction.atomic
def load_certificate_kinds(wanted: Mapping[str, Mapping[str, Any]], *, owner: str, by: Actor) -> Changes:
    """Make what ``owner`` declares equal ``wanted``; of a kind that vanished no more is issued.

    ``issuer`` is a body's key. Raises ProblemError LED-501, LED-502 with each mistake.
    """
    changes = Changes()
    known = {row.key: row for row in CertificateKind.objects.filter(Q(owner=owner) | Q(key__in=wanted))}
    bodies = {row.key: row for row in Body.objects.filter(key__in={one["issuer"] for one in wanted.values()})}
    _refuse(wanted, known, bodies, owner)
    for key, one in wanted.items():
        values = {**one, "issuer": bodies[one["issuer"]], "owner": owner, "is_current": True}
        row = known.get(key)
        if row is None:
            CertificateKind.objects.create(key=key, **values)
            changes.added.append(key)
        elif any(getattr(row, name) != value for name, value in values.items()):
            CertificateKind.objects.filter(pk=row.pk).update(**values)
            changes.changed.append(key)
        else:
            changes.unchanged += 1
    gone = [key for key, row in known.items() if key not in wanted and row.is_current]
    CertificateKind.objects.filter(key__in=gone).update(is_current=False)
    changes.removed += gone
    if changes.added or changes.changed or gone:
        detail = {"added": changes.added, "changed": changes.changed, "removed": gone}
        audit.record(
            by, "ledger.certificate.declare", f"platforms_ledger.certificatekind:{owner}", detail=detail
        )
    return changes


def _refuse(
    wanted: Mapping[str, Mapping[str, Any]],
    known: Mapping[str, CertificateKind],
    bodies: Mapping[str, Body],
    owner: str,
) -> None:
    problems = [
        Problem(
            KIND_TAKEN,
            shorten(said("{key} is declared by {owner}", key=key, owner=row.owner)),
            Where(field=key),
        )
        for key, row in known.items()
        if row.owner != owner
    ]
    for key, one in wanted.items():
        if one["issuer"] not in bodies:
            names = Body.objects.values_list("key", flat=True)[:2000]
            message = shorten(said("no body is called {key}", key=one["issuer"]))
            problems.append(Problem(NO_BODY, message, Where(field=key), nearest(one["issuer"], names)))
    if problems:
        raise ProblemError(*problems)
