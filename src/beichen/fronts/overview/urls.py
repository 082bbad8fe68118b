"""Addresses of the overview and the front door."""

from __future__ import annotations

from django.urls import path

from beichen.fronts.overview import views

app_name = "overview"
urlpatterns = [
    path("", views.home, name="home"),
    path("screen", views.screen, name="screen"),
]
