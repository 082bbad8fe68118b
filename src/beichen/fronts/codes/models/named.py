"""A body as a declaration names it: by its key, before the city has it or after."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

from beichen.kernel.org.models import Body


class _Perhaps(ForwardManyToOneDescriptor):  # type: ignore[type-arg]  # takes none at run time
    """None for a body that is not there, as for a row that was read together with it."""

    def get_object(self, instance: models.Model) -> Any:
        """The body of the key, or None."""
        try:
            return super().get_object(instance)
        except Body.DoesNotExist:
            return None


class NamedBody(models.ForeignKey[Any, Any]):
    """Keeps the key that a file says, with no constraint: a scene is installed before the city's bodies are.

    From the moment at which a body of this key is there the row leads to it, and until then to None.
    Bodies are never deleted, only marked as not current.
    """

    forward_related_accessor_class = _Perhaps

    def __init__(self, to: Any = Body, on_delete: Any = models.DO_NOTHING, **options: Any) -> None:
        fixed: dict[str, Any] = {"to_field": "key", "null": True, "db_constraint": False}
        super().__init__(to, on_delete, **{**options, **fixed})

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """For migrations it is a foreign key like any other."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, options
