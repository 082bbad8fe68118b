"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

OWN = ("console.css", "case.css", "shortcuts.js", "live.js")
"""What every page of the console loads."""


class GovernanceConfig(AppConfig):
    """The operator's console."""

    name = "beichen.fronts.governance"
    label = "fronts_governance"
    verbose_name = "Governance"

    def ready(self) -> None:
        """Put the console and its pages into the navigation, for those who may see cases."""
        from beichen.fronts.governance.offering import offer_taking
        from beichen.fronts.governance.service import READ, TAKE
        from beichen.hubs.events.pages import REPORT_ASSETS
        from beichen.registry.models import Kind
        from beichen.registry.service import register_offer
        from beichen.web.links import add_to_navigation
        from beichen.web.offline import OfflinePage, keep_offline

        for kind in (Kind.THING, Kind.PLACE):
            register_offer(kind, offer_taking)
        console = "governance:queue"
        add_to_navigation(
            _("Console"),
            console,
            order=30,
            permission=READ,
            inside=_("Queue"),
            words=("工单", "cases", "tickets"),
        )
        add_to_navigation(
            _("Take a report"),
            "governance:take",
            order=30,
            under=console,
            permission=TAKE,
            words=("新建工单", "新建案件", "new case", "new ticket"),
        )
        add_to_navigation(_("Import reports"), "governance:import", order=36, under=console, permission=TAKE)
        keep_offline(
            OfflinePage(
                _("Take a report"),
                "governance:take",
                first=(),
                assets=(
                    *(f"governance/{name}" for name in (*OWN, "scan.js")),
                    "vendor/jsQR.js",
                    *REPORT_ASSETS,
                ),
            )
        )
        for order, (label, route) in enumerate(
            (
                (_("Our desk"), "governance:desk"),
                (_("Board"), "governance:board"),
                (_("Wall"), "governance:wall"),
                (_("Map of cases"), "governance:map"),
                (_("Suggestions"), "governance:suggestions"),
            ),
            31,
        ):
            add_to_navigation(label, route, order=order, under=console, permission=READ)
