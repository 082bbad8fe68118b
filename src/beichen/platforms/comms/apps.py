"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from beichen.kernel.actor import Actor


class CommsConfig(AppConfig):
    """Messages, their deliveries, groups and rosters."""

    name = "beichen.platforms.comms"
    label = "platforms_comms"
    verbose_name = "Messages"

    def ready(self) -> None:
        """Give staff their messages in the navigation."""
        from beichen.kernel.access.service import register_ending
        from beichen.platforms.comms.pages import unread_of
        from beichen.platforms.comms.rights import READ_ROSTERS
        from beichen.web.head import HeadEntry, add_to_head
        from beichen.web.links import add_to_navigation

        register_ending("comms", _forget)
        home = "platforms_comms:inbox"
        add_to_head(HeadEntry(_("Messages"), "message", home, "platforms_comms:unread", unread_of))
        add_to_navigation(_("Messages"), home, order=110, permission=READ_ROSTERS, inside=_("Inbox"))
        add_to_navigation(
            _("On duty"), "platforms_comms:rosters", order=111, under=home, permission=READ_ROSTERS
        )
        add_to_navigation(
            _("Who was told"), "platforms_comms:log", order=112, under=home, permission="comms.log.read"
        )
        add_to_navigation(
            _("How I am reached"),
            "platforms_comms:preferences",
            order=113,
            under=home,
            permission=READ_ROSTERS,
        )


def _forget(person: str, by: Actor) -> None:
    """An account closes: no address and no browser of its owner stays."""
    from beichen.platforms.comms.forgetting import forget_person

    forget_person(person, by=by)
