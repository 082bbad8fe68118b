"""What can be done about access: decide, filter, disclose personal data, keep roles and accounts."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django.db import models, transaction

from beichen.kernel.access.affairs import affair_names, register_affairs
from beichen.kernel.access.assuring import CHECK as CHECK_IDENTITY
from beichen.kernel.access.assuring import (
    assurance_of,
    find_person,
    is_assured,
    look_at_person,
    record_identity,
    require_assurance,
)
from beichen.kernel.access.closing import (
    Matter,
    close_account,
    open_matters,
    register_ending,
    register_open_matters,
)
from beichen.kernel.access.decision import (
    Area,
    Decision,
    areas,
    clearance,
    decide,
    forget_roles,
    reach,
    readable_fields,
    require,
    visible,
    within,
)
from beichen.kernel.access.holdings import (
    Holding,
    erase_holdings,
    export_holdings,
    holdings,
    register_holding,
)
from beichen.kernel.access.identity import Assurance
from beichen.kernel.access.models import Account, Client, Role
from beichen.kernel.access.permissions import declared, permission
from beichen.kernel.access.rates import check_rate
from beichen.kernel.access.registering import (
    Confirmed,
    Sending,
    ask_code,
    confirm_code,
    confirmed,
    contact_of,
    forget_codes,
    masked,
    recover_account,
    register_account,
    require_open,
    send_codes_by,
)
from beichen.kernel.access.representing import RECORD as RECORD_REPRESENTATION
from beichen.kernel.access.representing import (
    grant_representation,
    may_grant,
    other_heads,
    record_representation,
    revoke_representation,
)
from beichen.kernel.access.request import acting, actor_again, address_of, client_with, fingerprint
from beichen.kernel.access.roles import BUILTIN
from beichen.kernel.access.subjects import (
    Subject,
    choose_subject,
    chosen_subject,
    held_now,
    is_subject_chosen,
    person_code,
    subject_for,
    subjects_of,
)
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Person, Region

__all__ = [
    "CHECK_IDENTITY",
    "RECORD_REPRESENTATION",
    "Area",
    "Assurance",
    "Confirmed",
    "Decision",
    "Holding",
    "Matter",
    "Sending",
    "Subject",
    "acting",
    "actor_again",
    "address_of",
    "affair_names",
    "areas",
    "ask_code",
    "assurance_of",
    "check_rate",
    "choose_subject",
    "chosen_subject",
    "clearance",
    "client_with",
    "close_account",
    "close_client",
    "confirm_code",
    "confirmed",
    "contact_of",
    "create_account",
    "create_client",
    "decide",
    "declared",
    "disclose",
    "erase_holdings",
    "export_holdings",
    "find_person",
    "forget_codes",
    "grant_representation",
    "held_now",
    "holdings",
    "is_assured",
    "is_subject_chosen",
    "load_roles",
    "look_at_person",
    "masked",
    "may_grant",
    "open_matters",
    "other_heads",
    "permission",
    "person_code",
    "reach",
    "readable_fields",
    "record_identity",
    "record_representation",
    "recover_account",
    "register_account",
    "register_affairs",
    "register_ending",
    "register_holding",
    "register_open_matters",
    "require",
    "require_assurance",
    "require_open",
    "revoke_representation",
    "save_role",
    "send_codes_by",
    "subject_for",
    "subjects_of",
    "visible",
    "within",
]


@transaction.atomic
def save_role(
    key: str, name: str, permissions: list[str], level: Level, *, by: Actor, name_en: str = ""
) -> Role:
    """Create or change a role; unchanged roles are not written."""
    values = {"name": name, "name_en": name_en, "permissions": permissions, "clearance": int(level)}
    role = Role.objects.filter(key=key).first()
    if role is not None and all(getattr(role, field) == value for field, value in values.items()):
        return role
    role, _created = Role.objects.update_or_create(key=key, defaults=values)
    _tell_saved([role], by)
    return role


def _tell_saved(roles: Sequence[Role], by: Actor) -> None:
    """Record that the roles were written, and let every decision from now on see them."""
    for role in roles:
        detail = {name: getattr(role, name) for name in ("name", "name_en", "permissions", "clearance")}
        audit.record(by, "access.role.save", f"kernel_access.role:{role.key}", detail=detail)
    transaction.on_commit(forget_roles)
    forget_roles()


@transaction.atomic
def load_roles(*, by: Actor) -> None:
    """Make sure that the built-in roles exist and follow what is shipped; a city's changes stay.

    A permission that a release adds is given, one that it ends is taken; what the city gave or took itself
    is told from both by what was shipped before. Roles that a city package declares are the package's alone.
    """
    present = {role.key: role for role in Role.objects.all()}
    missing = []
    for role in BUILTIN:
        row, shipped = present.get(role.key), list(role.permissions)
        if row is None:
            row = Role(key=role.key, name=role.name, name_en=role.name_en, clearance=int(role.clearance))
            row.permissions, row.shipped = shipped, shipped
            missing.append(row)
        elif row.shipped and row.shipped != shipped:
            kept = [one for one in row.permissions if one in shipped or one not in row.shipped]
            added = [one for one in shipped if one not in row.shipped and one not in kept]
            save_role(role.key, row.name, kept + added, Level(row.clearance), by=by, name_en=row.name_en)
            Role.objects.filter(key=role.key).update(shipped=shipped)
    if missing:
        # Another process that starts may have written them meanwhile: they are the same.
        _tell_saved(Role.objects.bulk_create(missing, ignore_conflicts=True), by)


@transaction.atomic
def create_account(
    username: str, password: str, person: Person | None, *, by: Actor, is_demo: bool = False
) -> Account:
    """An account that signs in with ``username`` and acts as ``person``."""
    account = Account.objects.create_user(username, password=password, person=person, is_demo=is_demo)
    subject = person.code if person else ""
    audit.record(by, "access.account.create", f"kernel_access.account:{username}", subject=subject)
    return account


@transaction.atomic
def create_client(
    key: str, name: str, role: str, *, by: Actor, body: Body | None = None, region: Region | None = None
) -> str:
    """Add a client, or give an existing one a new key; returns the key, which is shown only once."""
    secret = secrets.token_urlsafe(32)
    values = {"name": name, "role": role, "body": body, "region": region, "is_active": True}
    Client.objects.update_or_create(key=key, defaults={**values, "fingerprint": fingerprint(secret)})
    audit.record(by, "access.client.create", f"kernel_access.client:{key}", detail={"role": role})
    return secret


@transaction.atomic
def close_client(key: str, *, by: Actor) -> None:
    """Let a client's key open nothing any more; one that is closed stays so."""
    if Client.objects.filter(key=key, is_active=True).update(is_active=False):
        audit.record(by, "access.client.close", f"kernel_access.client:{key}")


def disclose(
    actor: Actor, action: str, row: models.Model, names: list[str], *, subject: str, purpose: str
) -> dict[str, Any]:
    """The values of ``names`` that the actor may read; each read of L3 or L4 leaves a record.

    ``subject`` is the code of the person whose data it is: that person sees the record.
    Raises ProblemError ACC-403 when the row itself may not be read.
    """
    decision = require(actor, action, row)
    allowed = readable_fields(actor, action, row, names)
    levels: dict[str, Level] = getattr(row, "FIELD_LEVELS", {})
    personal = [name for name in allowed if levels.get(name, Level.L1) >= Level.L3]
    if personal:
        resource = f"{row._meta.label_lower}:{row.pk}"
        detail = {"fields": personal, "purpose": purpose}
        audit.record(actor, action, resource, detail=detail, reason=decision.reason, subject=subject)
    return {name: getattr(row, name) for name in allowed}
