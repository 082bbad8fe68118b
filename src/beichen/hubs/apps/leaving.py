"""After somebody signed out, or took a consent back, the systems that must know are told at once.

A worker tells them.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db import transaction

from beichen.hubs.apps.jobs import tell
from beichen.kernel.access.models import LogoutNotice
from beichen.kernel.jobs.service import enqueue


def tell_soon(**_values: Any) -> None:
    """After this transaction; only when there is somebody to tell."""
    if LogoutNotice.objects.filter(next_at__isnull=False, attempts=0).exists():
        transaction.on_commit(lambda: enqueue(tell) and None)


def listen() -> None:
    """Connect to the signal, after the kernel has: what it notes is there then."""
    user_logged_out.connect(tell_soon, dispatch_uid="beichen.hubs.apps")
