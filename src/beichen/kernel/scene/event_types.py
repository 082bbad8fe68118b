"""What the events of this room are called: packages of scenes and cities."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "scene.package.installed": _("A package was installed"),
        "scene.package.upgraded": _("A package was upgraded"),
        "scene.package.removed": _("A package was removed"),
    }
)
