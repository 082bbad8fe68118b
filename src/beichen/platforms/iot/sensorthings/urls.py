"""The address of SensorThings."""

from __future__ import annotations

from django.urls import path, re_path

from beichen.platforms.iot.sensorthings.views import door

app_name = "platforms_iot_sensorthings"
urlpatterns = [
    path("sta/v1.1", door, name="root"),
    re_path(r"^sta/v1\.1/(?P<path>.*)$", door, name="door"),
]
