"""Addresses of the pages of devices."""

from __future__ import annotations

from django.urls import path

from beichen.platforms.iot.views import device, devices, groups, rules, timetables, updates

app_name = "platforms_iot"
urlpatterns = [
    path("devices", devices.devices, name="devices"),
    path("devices/groups", groups.groups, name="groups"),
    path("devices/groups/<slug:key>", groups.group, name="group"),
    path("devices/groups/<slug:key>/commands", groups.order, name="order"),
    path("devices/groups/<slug:key>/timetable", timetables.follow, name="timetable"),
    path("devices/groups/<slug:key>/updates", updates.offer, name="updates"),
    path("devices/groups/<slug:key>/updates/<slug:code>", updates.update, name="update"),
    path("devices/groups/<slug:key>/updates/<slug:code>/again", updates.again, name="again"),
    path("devices/<slug:code>", device.device, name="device"),
    path("devices/<slug:code>/state", device.state, name="state"),
    path("devices/<slug:code>/token", device.token, name="token"),
    path("devices/<slug:code>/credentials/<int:number>/revoke", device.revoke, name="revoke"),
    path("devices/<slug:code>/commands", device.command, name="command"),
    path("rules", rules.rules, name="rules"),
    path("rules/<str:key>", rules.rule, name="rule"),
    path("rules/<str:key>/switch", rules.switch, name="switch"),
]
