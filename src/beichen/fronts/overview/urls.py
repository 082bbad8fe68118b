"""Addresses of the overview and the front door."""

from __future__ import annotations

from django.urls import path

from beichen.fronts.overview.views import ask, objects, scene, screen, screens, things, widgets

app_name = "overview"
urlpatterns = [
    path("", screen.home, name="home"),
    path("screen", screen.screen, name="screen"),
    path("screen/things.json", things.drawn, name="drawn"),
    path("screen/things/<str:key>", things.things, name="things"),
    path("screen/objects/<str:code>", objects.one_object, name="object"),
    path("screen/scenes/<slug:key>", scene.scene, name="scene"),
    path("screen/ask", ask.ask, name="ask"),
    path("screens", screens.shelf, name="screens"),
    path("screens/<str:key>", screens.one_screen, name="one-screen"),
    path("screens/<str:key>/widgets/<int:number>", widgets.widget, name="widget"),
    path("screens/<str:key>/widgets", widgets.widgets, name="widgets"),
]
