"""Addresses of the overview and the front door."""

from __future__ import annotations

from django.urls import path

from beichen.fronts.overview.views import scene, screen, things

app_name = "overview"
urlpatterns = [
    path("", screen.home, name="home"),
    path("screen", screen.screen, name="screen"),
    path("screen/things.json", things.drawn, name="drawn"),
    path("screen/things/<str:key>", things.things, name="things"),
    path("screen/scenes/<slug:key>", scene.scene, name="scene"),
]
