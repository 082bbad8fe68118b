"""What the events of this room are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "governance.view.saved": _("A view of the queue was saved"),
        "governance.view.deleted": _("A view of the queue was deleted"),
    }
)
