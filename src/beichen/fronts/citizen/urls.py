"""Addresses of the citizen's door."""

from __future__ import annotations

from django.urls import path

from beichen.fronts.citizen import following, reporting
from beichen.fronts.citizen.counter import views as counter
from beichen.fronts.citizen.door import nearby
from beichen.fronts.citizen.door import views as door
from beichen.fronts.citizen.my import closing, data, representation
from beichen.fronts.citizen.my import views as my
from beichen.fronts.citizen.news import views as news

app_name = "citizen"
urlpatterns = [
    path("", door.home, name="home"),
    path("search", door.search, name="search"),
    path("nearby", nearby.nearby, name="nearby"),
    path("news", news.news, name="news"),
    path("news/<int:number>", news.one_news, name="one-news"),
    path("news/desk", news.desk, name="news-desk"),
    path("news/desk/new", news.write, name="write-news"),
    path("news/desk/<int:number>", news.write, name="edit-news"),
    path("news/desk/<int:number>/publish", news.publish, name="publish-news"),
    path("my", my.my, name="my"),
    path("my/cases", my.cases, name="my-cases"),
    path("my/messages", my.inbox, name="my-messages"),
    path("my/data", data.data, name="my-data"),
    path("my/data/close", closing.close, name="close-account"),
    path("my/closed", closing.closed, name="closed"),
    path("my/data/export", data.export, name="export-data"),
    path("my/data/erase", data.erase, name="erase-data"),
    path("my/representation", representation.representation, name="representation"),
    path("my/representation/<int:number>/end", representation.revoke, name="revoke"),
    path("account/window", counter.find, name="window"),
    path("account/window/<slug:number>", counter.person, name="window-person"),
    path("account/window/<slug:number>/check", counter.check, name="window-check"),
    path("account/window/<slug:number>/head", counter.head, name="window-head"),
    path("account/window/<slug:number>/parent", counter.parent, name="window-parent"),
    path("account/window/<slug:number>/acts/<int:representation>/end", counter.end, name="window-end"),
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
