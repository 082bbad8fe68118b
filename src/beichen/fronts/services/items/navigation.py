"""The room's pages within reach: the catalogue for everybody, desks for those who work there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.services.permissions import INSPECT, READ, RECONCILE, SERVE, START, SUPERVISE
from beichen.web.links import add_to_navigation

MAIN = "services:catalogue"


def put_in_reach() -> None:
    """Enter the pages into the navigation, in the order in which a day at the window asks for them."""
    add_to_navigation(
        _("Services"), MAIN, order=29, inside=_("All services"), words=("办事", "办事指南", "service guide")
    )
    pages = (
        (_("To do"), "services:desk", READ, ("待办", "my tasks")),
        (_("Affairs"), "services:affairs", READ, ("办件",)),
        (pgettext("service", "Window"), "services:window", START, ("收件", "综窗", "receive an application")),
        (_("Take an application in"), "services:processes", START, ()),
        (_("Appointments"), "services:appointments", SERVE, ("预约", "book an appointment")),
        (_("Windows and hours"), "services:windows", "", ("办事大厅", "叫号", "opening hours")),
        (_("Supervision of time"), "services:supervision", SUPERVISE, ("红黄牌", "督办")),
        (_("Figures of services"), "services:statistics", INSPECT, ("办事统计", "零跑动")),
        (_("Payments"), "services:payments", RECONCILE, ("缴费", "对账")),
        (_("Public notices"), "services:notices", "", ("公示",)),
        (_("Objections to notices"), "services:objections", READ, ("异议", "公示异议")),
    )
    for order, (label, route, permission, words) in enumerate(pages, 30):
        add_to_navigation(label, route, order=order, under=MAIN, permission=permission, words=words)
