"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GeoConfig(AppConfig):
    """Map layers, addresses, cells."""

    name = "beichen.platforms.geo"
    label = "platforms_geo"
    verbose_name = "Geography"

    def ready(self) -> None:
        """Give stewards their way to the layers and addresses."""
        from beichen.platforms.geo.rights import WRITE, WRITE_ADDRESSES
        from beichen.web.links import add_to_navigation

        home = "layers:index"
        add_to_navigation(_("Map layers"), home, order=116, permission=WRITE, inside=_("All layers"))
        words = ("新建图层", "上传图层", "new layer", "upload a layer")
        add_to_navigation(
            _("Bring a file"), "layers:bring", order=117, under=home, permission=WRITE, words=words
        )
        add_to_navigation(_("Files brought"), "layers:uploads", order=118, under=home, permission=WRITE)
        add_to_navigation(
            _("Standard addresses"), "platforms_geo:addresses", order=119, permission=WRITE_ADDRESSES
        )
