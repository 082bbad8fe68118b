"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CitizenConfig(AppConfig):
    """Reporting and following."""

    name = "beichen.fronts.citizen"
    label = "fronts_citizen"
    verbose_name = "Citizen's door"

    def ready(self) -> None:
        """Put the two pages into the navigation."""
        from beichen.hubs.events.pages import REPORT_ASSETS
        from beichen.web.links import add_to_navigation
        from beichen.web.offline import OfflinePage, keep_offline

        inside = _("Report something")
        words = ("随手拍", "提交诉求", "report something")
        add_to_navigation(_("Report a problem"), "citizen:report", order=70, inside=inside, words=words)
        keep_offline(
            OfflinePage(
                inside,
                "citizen:report",
                by=("kind",),
                first=("?kind=other", ""),
                assets=("citizen/citizen.css", *REPORT_ASSETS),
            )
        )
        add_to_navigation(_("Follow a report"), "citizen:follow", order=10, under="citizen:report")
