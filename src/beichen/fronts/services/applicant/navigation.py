"""Applicants' pages within reach, and the forms for their authors."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.items.navigation import MAIN
from beichen.kernel.scene.service import READ
from beichen.web.links import add_to_navigation


def put_in_reach() -> None:
    """Enter the pages into the navigation behind those of the services."""
    pages = (
        (_("My affairs"), "services:own-affairs", "", ("我的办件", "草稿", "my applications")),
        (_("Follow an application"), "services:follow", "", ("查进度", "办件查询")),
        (_("Forms"), "services:forms", READ, ("表单", "edit a form")),
    )
    for order, (label, route, permission, words) in enumerate(pages, 50):
        add_to_navigation(label, route, order=order, under=MAIN, permission=permission, words=words)
