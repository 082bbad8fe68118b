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
        """Put the pages into the navigation, what they find and keep into the registers."""
        from beichen.fronts.citizen import cards, codes, holdings, shelf
        from beichen.fronts.citizen.door import finding
        from beichen.fronts.citizen.offering import offer_report
        from beichen.fronts.citizen.permissions import OWN, WRITE_NEWS
        from beichen.hubs.events.pages import REPORT_ASSETS
        from beichen.kernel.access.service import CHECK_IDENTITY, send_codes_by
        from beichen.registry.models import Kind
        from beichen.registry.service import register_offer
        from beichen.web.findings import register_finding
        from beichen.web.links import add_to_navigation
        from beichen.web.offline import OfflinePage, keep_offline
        from beichen.web.shelves import register_shelf

        for kind in (Kind.THING, Kind.PLACE):
            register_offer(kind, offer_report)
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
        add_to_navigation(
            _("My things"),
            "citizen:my",
            order=72,
            permission=OWN,
            words=("我的", "个人中心", "my account"),
        )
        add_to_navigation(
            _("News and notices"),
            "citizen:news",
            order=75,
            words=("新闻", "公告", "通知", "news"),
            inside=_("All news"),
        )
        add_to_navigation(
            _("News that we write"),
            "citizen:news-desk",
            order=76,
            under="citizen:news",
            permission=WRITE_NEWS,
        )
        add_to_navigation(
            _("Identity window"),
            "citizen:window",
            order=105,
            permission=CHECK_IDENTITY,
            words=("身份核验", "代理登记", "check an identity"),
        )
        keep_offline(OfflinePage(_("The door"), "citizen:home", assets=("citizen/citizen.css",)))
        register_finding("reports", finding.find_kinds)
        register_finding("places", finding.find_places)
        register_finding("cases", finding.find_own_report)
        register_finding("news", finding.find_news)
        register_shelf("news", 30, shelf.news_shelf)
        cards.register()
        holdings.register()
        send_codes_by(codes.carry)
