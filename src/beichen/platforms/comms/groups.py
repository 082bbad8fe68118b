"""Groups: their members by name, and the chat where they talk."""

from __future__ import annotations

from django.db import transaction

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.org.models import Person
from beichen.platforms.comms.channels.chat import check_chat
from beichen.platforms.comms.models import Group, GroupMember
from beichen.platforms.comms.receivers import groups_by_key
from beichen.platforms.comms.rights import EDIT_GROUPS


def _tell(group: Group, action: str, subject: str, by: Actor) -> None:
    audit.record(by, action, f"platforms_comms.group:{group.key}", subject=subject)
    bus.publish("comms.group.changed", group.key, {"action": action}, by=by, level=2)


@transaction.atomic
def set_chat(key: str, url: str, *, by: Actor) -> None:
    """Say where the group talks; empty for nowhere. The address is a secret and stands in no record.

    Raises ProblemError ACC-403, COM-104, COM-108.
    """
    require(by, EDIT_GROUPS)
    group = groups_by_key({key})[key]
    group.chat = check_chat(url) if url else ""
    group.save(update_fields=["chat"])
    _tell(group, "comms.group.chat", "", by)


@transaction.atomic
def add_member(key: str, person: Person, *, by: Actor) -> None:
    """Put a person into a group by name, once. Raises ProblemError ACC-403, COM-104."""
    require(by, EDIT_GROUPS)
    group = groups_by_key({key})[key]
    _row, is_new = GroupMember.objects.get_or_create(group=group, person=person)
    if is_new:
        _tell(group, "comms.group.add", person.code, by)


@transaction.atomic
def remove_member(key: str, person: Person, *, by: Actor) -> None:
    """Take a person out of a group by name. Raises ProblemError ACC-403, COM-104."""
    require(by, EDIT_GROUPS)
    group = groups_by_key({key})[key]
    number, _rows = GroupMember.objects.filter(group=group, person=person).delete()
    if number:
        _tell(group, "comms.group.remove", person.code, by)
