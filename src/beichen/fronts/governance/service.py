"""What can be done with the console: keep and forget named views; the right to look is the event hub's."""

from __future__ import annotations

from beichen.fronts.governance.saved import delete_view, save_view, saved_views
from beichen.hubs.events.service import READ, TAKE

__all__ = ["READ", "TAKE", "delete_view", "save_view", "saved_views"]
