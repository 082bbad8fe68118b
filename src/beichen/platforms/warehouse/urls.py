"""Addresses of the pages of tables."""

from __future__ import annotations

from django.urls import path

from beichen.platforms.warehouse.views import questions, tables

app_name = "platforms_warehouse"
urlpatterns = [
    path("tables", tables.index, name="index"),
    path("tables/ask", questions.question, name="ask"),
    path("tables/questions", questions.questions, name="questions"),
    path("tables/questions/<slug:code>/forget", questions.forget, name="forget"),
    path("tables/<slug:name>", tables.table, name="table"),
]
