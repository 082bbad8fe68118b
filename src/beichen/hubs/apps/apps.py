"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppsConfig(AppConfig):
    """Systems that connect, consents, the pages of signing in to them."""

    name = "beichen.hubs.apps"
    label = "hubs_apps"
    verbose_name = "Applications"

    def ready(self) -> None:
        """Put the list of systems into the navigation; tell systems soon after somebody signed out."""
        from beichen.hubs.apps.leaving import listen
        from beichen.kernel.access.openid.service import READ
        from beichen.web.links import add_to_navigation

        words = ("统一身份认证", "单点登录", "single sign-on")
        add_to_navigation(_("Connected systems"), "apps:parties", order=130, permission=READ, words=words)
        listen()
