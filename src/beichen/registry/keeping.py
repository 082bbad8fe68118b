"""Keeping contexts: hosted ones, cached ones, and those made for subscriptions (clause 5.13).

Bodies do not change once they are kept, but for a cached one that is reloaded. Uses are counted in the
process and written now and then, so that reading with a context does not cost a write.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Q

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.event import identifier
from beichen.problem import Problem, ProblemError, shorten
from beichen.registry.models import CONTEXT_URL_LENGTH, ContextKind, KeptContext
from beichen.registry.permissions import WRITE_CONTEXTS
from beichen.registry.problems import EXISTS, TOO_LARGE, not_found

CACHED_LIMIT = 5_000
BODY_BYTES = 1024 * 1024
FLUSH_SECONDS = 10.0
BODY_SECONDS = 30
_uses: Counter[str] = Counter()
_uses_lock = threading.Lock()
_flushed_at = time.monotonic()


def _row(name: str) -> Q:
    """Rows by key or by URL."""
    return Q(key=name) | Q(url=name) if name else Q(pk=None)


def _cache_key(key: str) -> str:
    return "beichen.registry.kept:" + hashlib.sha256(key.encode()).hexdigest()


def body_of(key: str) -> Any:
    """The value of a kept context by its key; None when there is none."""
    kept = cache.get(_cache_key(key))
    if kept is None:
        text = KeptContext.objects.filter(key=key).values_list("body", flat=True).first()
        if text is None:
            return None
        kept = orjson.loads(text)
        cache.set(_cache_key(key), kept, BODY_SECONDS)
    return kept


def cached_body(url: str) -> Any:
    """The value that was last fetched from ``url``; None when nothing was."""
    text = KeptContext.objects.filter(url=url).values_list("body", flat=True).first()
    return None if text is None else orjson.loads(text)


def keep_cached(url: str, value: Any) -> None:
    """Keep what was fetched from ``url``; of too many, the one that was used longest ago makes room."""
    if len(url) > CONTEXT_URL_LENGTH:
        return
    body = orjson.dumps(value).decode()
    now = datetime.now(UTC)
    defaults = {"key": identifier(), "kind": ContextKind.CACHED, "body": body, "created_at": now}
    row, is_new = KeptContext.objects.get_or_create(url=url, defaults=defaults)
    if not is_new and row.body != body:
        KeptContext.objects.filter(pk=row.pk).update(body=body)
    if is_new and KeptContext.objects.filter(kind=ContextKind.CACHED).count() > CACHED_LIMIT:
        oldest = KeptContext.objects.filter(kind=ContextKind.CACHED).exclude(pk=row.pk)
        first = oldest.order_by(F("used_at").asc(nulls_first=True), "id").first()
        if first is not None:
            first.delete()


def count_use(name: str) -> None:
    """Note that a context was used; ``name`` is its key or its URL."""
    global _flushed_at
    with _uses_lock:
        _uses[name] += 1
        is_due = time.monotonic() - _flushed_at > FLUSH_SECONDS
    if is_due:
        flush_uses()


def flush_uses() -> None:
    """Write the uses counted in this process."""
    global _flushed_at
    with _uses_lock:
        counted = dict(_uses)
        _uses.clear()
        _flushed_at = time.monotonic()
    now = datetime.now(UTC)
    for name, count in sorted(counted.items()):
        KeptContext.objects.filter(_row(name)).update(hits=F("hits") + count, used_at=now)


def list_contexts(kind: str = "") -> list[KeptContext]:
    """Kept contexts in the order in which they came, without their bodies."""
    flush_uses()
    rows = KeptContext.objects.defer("body").order_by("id")
    return list((rows.filter(kind=kind) if kind else rows)[: CACHED_LIMIT * 2])


def find_context(name: str) -> KeptContext:
    """A kept context by its key or its URL. Raises ProblemError REG-104."""
    flush_uses()
    row = KeptContext.objects.filter(_row(name)).first()
    if row is None:
        raise not_found(shorten(f"no context is kept under {name}"))
    return row


def _dumped(value: Any) -> str:
    body = orjson.dumps(value).decode()
    if len(body) > BODY_BYTES:
        raise ProblemError(Problem(TOO_LARGE, f"a context has at most {BODY_BYTES} bytes"))
    return body


@transaction.atomic
def add_context(value: Any, *, by: Actor, key: str = "") -> KeptContext:
    """Host a context whose value was checked. Raises ProblemError ACC-403, REG-103, REG-108."""
    access.require(by, WRITE_CONTEXTS)
    key = key or identifier()
    if KeptContext.objects.filter(key=key).exists():
        raise ProblemError(Problem(EXISTS, shorten(f"a context is kept under {key}")))
    row = KeptContext.objects.create(
        key=key, kind=ContextKind.HOSTED, body=_dumped(value), owner=by.key, created_at=datetime.now(UTC)
    )
    audit.record(by, "registry.context.write", f"registry.context:{key}")
    return row


def keep_implicit(values: Sequence[Any], *, by: Actor) -> str:
    """The key of a context made of ``values``, for whoever can only name one by its URL."""
    body = _dumped(list(values))
    key = "implicit-" + hashlib.sha256(body.encode()).hexdigest()[:32]
    KeptContext.objects.get_or_create(
        key=key,
        defaults={
            "kind": ContextKind.IMPLICIT,
            "body": body,
            "owner": by.key,
            "created_at": datetime.now(UTC),
        },
    )
    return key


@transaction.atomic
def remove_context(row: KeptContext, *, by: Actor) -> None:
    """Keep a context no longer. Raises ProblemError ACC-403."""
    access.require(by, WRITE_CONTEXTS)
    row.delete()
    cache.delete(_cache_key(row.key))
    audit.record(by, "registry.context.write", f"registry.context:{row.key}", detail={"removed": True})


@transaction.atomic
def replace_body(row: KeptContext, value: Any, *, by: Actor) -> None:
    """What a reload of a cached context brought. Raises ProblemError ACC-403."""
    access.require(by, WRITE_CONTEXTS)
    KeptContext.objects.filter(pk=row.pk).update(body=_dumped(value))
    audit.record(by, "registry.context.write", f"registry.context:{row.key}", detail={"reloaded": True})
