"""Addresses of the pages of tables."""

from __future__ import annotations

from django.urls import path

from beichen.platforms.warehouse import views

app_name = "platforms_warehouse"
urlpatterns = [
    path("tables", views.index, name="index"),
    path("tables/ask", views.question, name="ask"),
    path("tables/<slug:name>", views.table, name="table"),
]
