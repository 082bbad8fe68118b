"""Fills Objects API and names its addresses; run by its own Python, beside its own code (see bench/peer.py).

`python -m bench._objects_api SIZE`: brings the number of its objects to SIZE and prints, as JSON, the token
and the path of the object type.
"""

# It imports nothing of Beichen and knows nothing of it.
from __future__ import annotations

import json
import random
import sys
from datetime import date

import django

SCHEMA = {
    "type": "object",
    "title": "report",
    "$schema": "http://json-schema.org/draft-07/schema#",
    "required": ["text"],
    "properties": {"text": {"type": "string"}, "kind": {"type": "string"}},
}
UUID = "f1220670-8ab7-44f1-a318-bd0782e97662"
TOKEN = "b" * 40
TEXT = "路面有一个大坑，来往车辆很危险，请尽快处理"


def main(size: int) -> None:
    """Make the type and a token where there are none yet, then objects."""
    django.setup()
    from django.contrib.gis.geos import Point
    from objects.core.models import Object, ObjectRecord, ObjectType, ObjectTypeVersion  # type: ignore[import-not-found]
    from objects.token.models import Permission, TokenAuth  # type: ignore[import-not-found]

    kind, is_new = ObjectType.objects.get_or_create(
        uuid=UUID, defaults={"name": "report", "name_plural": "reports"}
    )
    if is_new:
        ObjectTypeVersion.objects.create(object_type=kind, json_schema=SCHEMA, status="published")
        token = TokenAuth.objects.create(
            identifier="bench", token=TOKEN, contact_person="b", email="b@example.org"
        )
        Permission.objects.create(token_auth=token, object_type=kind, mode="read_and_write")
    chance = random.Random(size)
    for first in range(Object.objects.count(), size, 2_000):
        made = Object.objects.bulk_create(
            Object(object_type=kind) for _ in range(first, min(size, first + 2_000))
        )
        ObjectRecord.objects.bulk_create(
            ObjectRecord(
                object=one,
                _object_type=kind,
                version=1,
                data={"text": TEXT, "kind": "works.road-damaged"},
                start_at=date(2026, 1, 1),
                geometry=Point(125.2 + chance.random() * 0.3, 43.75 + chance.random() * 0.3),
            )
            for one in made
        )
    sys.stdout.write(json.dumps({"token": TOKEN, "type": f"/api/v2/objecttypes/{UUID}"}) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
