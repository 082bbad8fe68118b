"""The JSON Schema of one process in `processes.yaml`."""

from __future__ import annotations

from typing import Any

from beichen.hubs.events.service import ROUTE
from beichen.kernel.levels import Level
from beichen.kernel.scene import vocabulary
from beichen.kernel.scene.durations import DURATION

Schema = dict[str, Any]
TYPES = ("string", "text", "number", "integer", "boolean", "date", "choice", "list")
KINDS = ("step", "expert", "joint", "notice")
FIELD: Schema = vocabulary.record(
    {"name": vocabulary.TEXT},
    {
        "type": {"enum": list(TYPES)},
        "required": {"type": "boolean"},
        "minimum": {"type": "number"},
        "maximum": {"type": "number"},
        "unit": {"type": "string", "maxLength": 20},
        "choices": vocabulary.mapping_of(vocabulary.TEXT, minProperties=1),
        "public": {"type": "boolean"},
        "told": {"type": "boolean"},
    },
)
LANE: Schema = vocabulary.record({"name": vocabulary.TEXT, "route": ROUTE})
STEP: Schema = vocabulary.record(
    {"name": vocabulary.TEXT},
    {
        "kind": {"enum": list(KINDS)},
        "form": {"type": "array", "items": vocabulary.FIELD, "uniqueItems": True},
        "outcomes": vocabulary.mapping_of(vocabulary.TEXT, minProperties=1),
        "within": DURATION,
        "lane": vocabulary.FIELD,
        "door": vocabulary.KEY,
        "decision": vocabulary.KEY,
        "public": {"type": "boolean"},
        "recall": {"type": "boolean"},
    },
)
_FILES: Schema = {
    "type": "array",
    "items": {
        "type": "string",
        "pattern": r"^processes/[a-z0-9-]+\.(bpmn|dmn)$",
        "x-form": "a file beside the process's own, such as processes/permit-class.dmn",
    },
    "uniqueItems": True,
    "maxItems": 20,
}
PROCESS: Schema = vocabulary.record(
    {
        "name": vocabulary.TEXT,
        "promised": DURATION,
        "fields": vocabulary.mapping_of(FIELD, vocabulary.FIELD, maxProperties=200),
        "lanes": vocabulary.mapping_of(LANE, minProperties=1, maxProperties=50),
        "steps": vocabulary.mapping_of(STEP, vocabulary.FIELD, minProperties=1, maxProperties=200),
        "ends": vocabulary.mapping_of(vocabulary.TEXT, vocabulary.FIELD, minProperties=1, maxProperties=50),
    },
    {
        "start": {"type": "array", "items": vocabulary.FIELD, "uniqueItems": True},
        "about": vocabulary.TEXT,
        "files": _FILES,
        "messages": vocabulary.mapping_of({"type": "array", "items": vocabulary.FIELD, "uniqueItems": True}),
        "title": vocabulary.FIELD,
        "subject": {"enum": ["person", "firm", "any"]},
        "level": {"enum": [level.name for level in Level]},
    },
)
PROCESSES: Schema = vocabulary.mapping_of(PROCESS)
