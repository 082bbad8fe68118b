"""The process that :mod:`bench.codes` starts: people, pseudonyms and stickers at three sizes; prints JSON."""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import django
import orjson

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
SIZES = (1_000, 100_000, 1_000_000)
SCANS, BATCH, BATCHES, LOOKS = 500, 100, 20, 2_000
CHUNK = 5_000


def _each(work: Callable[[Any], object], items: Sequence[Any]) -> list[float]:
    taken = []
    for one in items:
        start = time.perf_counter()
        work(one)
        taken.append(time.perf_counter() - start)
    return taken


def _p99(taken: list[float]) -> float:
    return round(statistics.quantiles(taken, n=100)[98] * 1000, 3)


def _grow(first: int, last: int, reader: Any) -> None:
    """People with their pseudonyms, and as many stickers, written as the loaders write: in bulk."""
    from django.utils import timezone

    from beichen.fronts.codes.keys import pairwise_secret
    from beichen.fronts.codes.models import Pseudonym, Sticker
    from beichen.fronts.codes.pseudonyms import pseudonym
    from beichen.kernel.org.models import Person
    from beichen.registry.codes import serial_code

    secret, now = pairwise_secret(), timezone.now()
    for start in range(first, last, CHUNK):
        numbers = range(start, min(start + CHUNK, last))
        people = Person.objects.bulk_create([Person(code=f"P{number:015d}", name="x") for number in numbers])
        Pseudonym.objects.bulk_create(
            [
                Pseudonym(reader=reader, value=pseudonym(secret, reader.key, one.code).hex(), person=one)
                for one in people
            ]
        )
        Sticker.objects.bulk_create(
            [
                Sticker(code=serial_code(number), edition=2, reason="x", changed_at=now, changed_by="bench")
                for number in numbers
            ]
        )


def _ground() -> tuple[Any, Any, Any]:
    """A reader, an entitlement that every resident has, and a gate."""
    from beichen.fronts.codes import service
    from beichen.fronts.codes.declaring import load_card
    from beichen.fronts.codes.keys import active_key
    from beichen.fronts.codes.models import KeyUse, Reader
    from beichen.kernel.access.service import load_roles
    from beichen.kernel.actor import system
    from beichen.kernel.org.service import BodyFacts, load_bodies

    by = system("bench")
    load_roles(by=by)
    load_bodies([BodyFacts("body", "x", "x", "department")], by=by)
    readers = {"reader": {"name": "x", "name_en": "x", "body": "body"}}
    rights = {
        "right": {"name": "x", "name_en": "x", "grantor": "body", "readers": ["reader"], "is_open": True}
    }
    load_card(readers, rights, owner="bench", by=by)
    facts = service.GateFacts("gate", "x", "reader", "x", ("right",))
    gate, _secret = service.enter_gate(facts, by=by)
    active_key(KeyUse.PERSON)
    return Reader.objects.get(), service.find_entitlement("right"), gate


def _codes(size: int, count: int, reader: Any, right: Any, now: Any) -> list[str]:
    """A code of each of ``count`` people."""
    from beichen.fronts.codes import service
    from beichen.kernel.org.models import Person

    chosen = random.Random(size).choices(range(size), k=count)
    found = Person.objects.in_bulk([f"P{number:015d}" for number in chosen], field_name="code")
    return [
        service.make_codes(found[f"P{number:015d}"], right, reader, now=now, count=1)[0].text
        for number in chosen
    ]


def scanning(size: int, ground: tuple[Any, Any, Any]) -> list[dict[str, Any]]:
    """People's codes: one a transaction, and a hundred."""
    from django.db import connection
    from django.utils import timezone

    from beichen.fronts.codes import service
    from beichen.fronts.codes.models import Pseudonym
    from beichen.kernel.actor import system
    from beichen_proof import code as proof

    reader, right, gate = ground
    by, point, now = system("bench"), service.point_of(gate), timezone.now()
    texts = _codes(size, SCANS + BATCH * BATCHES, reader, right, now)
    keys = proof.keys_of(service.key_set())
    sql = f"SELECT person_id FROM {Pseudonym._meta.db_table} WHERE reader_id = %s AND value = %s"

    def bare(text: str) -> None:
        shown = proof.opened(text, keys)
        with connection.cursor() as cursor:
            cursor.execute(sql, [reader.pk, shown.pseudonym])
            cursor.fetchone()

    def scan(some: Sequence[str]) -> None:
        answers = service.read_codes([service.Brought(one) for one in some], point, by=by, now=now)
        if not all(one.accepted for one in answers):
            raise SystemExit(f"refused: {answers[0].reason}")

    single, many = texts[:SCANS], texts[SCANS:]
    limit = _each(bare, single)
    alone = _each(lambda one: scan([one]), single)
    batches = [many[start : start + BATCH] for start in range(0, len(many), BATCH)]
    together = _each(scan, batches)
    common = {"size": size, "peer": "a signature check and a keyed read", "note": f"on {connection.vendor}"}
    return [
        {
            **common,
            "case": "scan, a transaction each",
            "ours_seconds": sum(alone) / SCANS,
            "peer_seconds": sum(limit) / SCANS,
            "figures": {
                "scans/s": round(SCANS / sum(alone)),
                "p99 ms": _p99(alone),
                "bare/s": round(SCANS / sum(limit)),
            },
        },
        {
            **common,
            "case": "scans in hundreds",
            "ours_seconds": sum(together) / len(many),
            "peer_seconds": sum(limit) / SCANS,
            "figures": {
                "scans/s": round(len(many) / sum(together)),
                "slowest hundred ms": round(max(together) * 1000, 1),
            },
        },
    ]


def looking(size: int) -> dict[str, Any]:
    """Printed codes: signature, edition and withdrawal, beside an HMAC and a keyed read."""
    import hmac

    from django.db import connection

    from beichen.fronts.codes.looking import _standing
    from beichen.fronts.codes.models import Sticker
    from beichen.fronts.codes.stickers import signature, signed_edition
    from beichen.registry.codes import serial_code

    chosen = [serial_code(number) for number in random.Random(size).choices(range(size), k=LOOKS)]
    pairs = [(code, signature(code, 2)) for code in chosen]
    sql = f"SELECT edition FROM {Sticker._meta.db_table} WHERE code = %s"

    def ours(pair: tuple[str, str]) -> None:
        standing, _row = _standing(pair[0], signed_edition(*pair))
        if standing != "genuine":
            raise SystemExit(standing)

    def bare(pair: tuple[str, str]) -> None:
        hmac.digest(b"x" * 32, pair[0].encode(), "sha256")
        with connection.cursor() as cursor:
            cursor.execute(sql, [pair[0]])
            cursor.fetchone()

    taken, limit = _each(ours, pairs), _each(bare, pairs)
    return {
        "case": "look at a printed code",
        "size": size,
        "ours_seconds": sum(taken) / LOOKS,
        "peer": "an HMAC and a keyed read",
        "peer_seconds": sum(limit) / LOOKS,
        "figures": {"looks/s": round(LOOKS / sum(taken)), "p99 ms": _p99(taken)},
        "note": f"on {connection.vendor}",
    }


def main() -> None:
    """Print all rows."""
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    ground = _ground()
    rows: list[dict[str, Any]] = []
    before = 0
    for size in SIZES:
        _grow(before, size, ground[0])
        before = size
        rows += [*scanning(size, ground), looking(size)]
    sys.stdout.write(orjson.dumps(rows).decode())


if __name__ == "__main__":
    main()
