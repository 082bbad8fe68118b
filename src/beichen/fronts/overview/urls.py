"""Addresses of the overview."""

from __future__ import annotations

from django.urls import path

from beichen.fronts.overview.views import (
    ask,
    editing,
    exports,
    making,
    objects,
    scene,
    screen,
    screens,
    things,
    versions,
    widget_forms,
    widgets,
)

app_name = "overview"
urlpatterns = [
    path("overview", screen.home, name="home"),
    path("screen", screen.screen, name="screen"),
    path("screen/things.json", things.drawn, name="drawn"),
    path("screen/things/<str:key>", things.things, name="things"),
    path("screen/objects/<str:code>", objects.one_object, name="object"),
    path("screen/scenes/<slug:key>", scene.scene, name="scene"),
    path("screen/ask", ask.ask, name="ask"),
    path("screens", screens.shelf, name="screens"),
    path("screens/new", making.new, name="new-screen"),
    path("screens/made", making.made, name="made-screens"),
    path("screens/<str:key>", screens.one_screen, name="one-screen"),
    path("screens/<str:key>/widgets/<int:number>", widgets.widget, name="widget"),
    path("screens/<str:key>/widgets", widgets.widgets, name="widgets"),
    path("screens/<str:key>/views.yaml", versions.text, name="screen-text"),
    path("screens/<str:key>/export.<slug:form>", exports.file, name="export-screen"),
    path("screens/<str:key>/edit", editing.edit, name="edit-screen"),
    path("screens/<str:key>/edit/widgets/new", widget_forms.new_widget, name="new-widget"),
    path("screens/<str:key>/edit/widgets/<int:number>", widget_forms.edit_widget, name="edit-widget"),
    path("screens/<str:key>/edit/widgets/<int:number>/preview", widget_forms.preview, name="preview"),
    path("screens/<str:key>/versions", versions.versions, name="screen-versions"),
    path("screens/<str:key>/versions/restore", versions.restore, name="restore-version"),
    path("screens/<str:key>/edit/<slug:act>", versions.step, name="screen-step"),
]
