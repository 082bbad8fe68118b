"""`roles.yaml` of a city: roles of its own, and its changes to those that come with Beichen."""

from __future__ import annotations

from typing import Any

from beichen.kernel.access.models import Role
from beichen.kernel.access.roles import BUILTIN
from beichen.kernel.access.service import declared, load_roles, save_role
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.levels import Level
from beichen.kernel.scene import codes
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.vocabulary import TEXT, mapping_of, record
from beichen.problem import Problem, nearest, shorten

FILE = "roles.yaml"
_PERMISSION = {
    "type": "string",
    "pattern": r"^([a-z][a-z0-9]*\.)([a-z][a-z0-9.-]*|\*)$",
    "x-form": "a permission such as plan.read, or plan.* for all of a room",
}


def role_keys(package: Package) -> set[str]:
    """The roles that a post in this city may carry."""
    return {role.key for role in BUILTIN} | set(package.value(FILE))


class RolesSection(Section):
    """Roles: a set of permissions and the highest data level that they reach."""

    key = "roles"
    kind = PackageKind.CITY
    files = (FILE,)
    order = 25

    def schema(self) -> dict[str, Any]:
        """A mapping of keys to roles."""
        role = record(
            {
                "name": TEXT,
                "permissions": {"type": "array", "items": _PERMISSION, "uniqueItems": True},
                "clearance": {"enum": [level.name for level in Level]},
            }
        )
        return mapping_of(role)

    def check(self, package: Package) -> list[Problem]:
        """Every permission is one that a room declares, or all of a room that declares some."""
        document = package.document(FILE)
        if document is None:
            return []
        known = set(declared())
        known |= {f"{name.partition('.')[0]}.*" for name in known}
        return [
            Problem(
                codes.NO_REFERENCE,
                shorten(f"no room declares the permission {name}"),
                document.position((key, "permissions", number)),
                nearest(name, known),
            )
            for key, role in document.value.items()
            for number, name in enumerate(role["permissions"])
            if name not in known
        ]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Save the built-in roles that are missing, and the city's roles where they differ."""
        before = {role.key: (role.name, role.permissions, role.clearance) for role in Role.objects.all()}
        load_roles(by=by)
        for key, role in package.value(FILE).items():
            name, level = role["name"], Level[role["clearance"]]
            save_role(key, name["zh"], role["permissions"], level, by=by, name_en=name["en"])
        Role.objects.filter(key__in=package.value(FILE)).update(
            shipped=[]
        )  # a later release leaves them alone
        changes = Changes()
        for role in Role.objects.all():
            if role.key not in before:
                changes.added.append(role.key)
            elif before[role.key] != (role.name, role.permissions, role.clearance):
                changes.changed.append(role.key)
            else:
                changes.unchanged += 1
        return changes
