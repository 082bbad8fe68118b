"""Addresses of the citizen's door."""

from __future__ import annotations

from django.urls import path

from beichen.fronts.citizen import following, reporting

app_name = "citizen"
urlpatterns = [
    path("report", reporting.report, name="report"),
    path("report/sent", reporting.sent, name="sent"),
    path("follow", following.follow, name="follow"),
    path("follow/<str:code>", following.status, name="status"),
    path("follow/<str:code>/browser", following.browser, name="browser"),
    path("follow/<str:code>/rating", following.rate, name="rate"),
    path("follow/<str:code>/appeal", following.appeal, name="appeal"),
    path("follow/<str:code>/export", following.export, name="export"),
    path("follow/<str:code>/erasure", following.erase, name="erase"),
]
