"""Addresses of the room's pages."""

from __future__ import annotations

from django.urls import path

from beichen.fronts.codes.views import days, gates, grants, mine, place, printing, returns, scan, stickers

app_name = "codes"
urlpatterns = [
    path("c/<path:code>", place.place, name="place"),
    path("my/codes", mine.card, name="mine"),
    path("my/codes/scans", mine.scans, name="scans"),
    path("my/codes/back/<slug:reference>", returns.ask, name="ask-back"),
    path("my/codes/withdraw", mine.withdraw, name="withdraw"),
    path("my/codes/<slug:entitlement>/<slug:reader>", mine.show, name="show"),
    path("my/codes/<slug:entitlement>/<slug:reader>/fresh", mine.fresh, name="fresh"),
    path("codes/scan", scan.scan, name="scan"),
    path("codes/print", printing.index, name="print"),
    path("codes/print/<slug:code>", printing.run, name="run"),
    path("codes/print/<slug:code>/pdf", printing.pdf, name="run-pdf"),
    path("codes/labels/<path:code>.<slug:form>", printing.label, name="label"),
    path("codes/stickers", stickers.index, name="stickers"),
    path("codes/returns", returns.index, name="returns"),
    path("codes/days", days.index, name="days"),
    path("codes/gates", gates.index, name="gates"),
    path("codes/gates/<slug:key>/close", gates.close, name="close-gate"),
    path("codes/grants", grants.index, name="grants"),
    path("codes/grants/<int:number>/state", grants.change, name="change-grant"),
]
