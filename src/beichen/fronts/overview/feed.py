"""What people call what the live events say: types, and what they are about."""

from __future__ import annotations

from django.utils.translation import get_language

from beichen.kernel.bus.service import event_type_names
from beichen.kernel.org.models import Body
from beichen.kernel.scene.service import package_names

Names = list[tuple[str, str]]


def feed_names() -> dict[str, Names]:
    """Names of ``types`` of events, and of ``subjects``: scenes and cities by `scene:KEY`, bodies by key."""
    english = get_language() == "en"
    rows = Body.objects.values_list("key", "name", "name_en")
    bodies = {key: (name_en or name) if english else name for key, name, name_en in rows}
    subjects = [*package_names().items(), *bodies.items()]
    return {"types": list(event_type_names().items()), "subjects": subjects}
