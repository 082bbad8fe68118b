"""Addresses of the duties' pages."""

from __future__ import annotations

from django.urls import path

from beichen.plan.duties.views import bodies, duty, index, notes, reports, rounds, sheets

app_name = "plan_duties"
urlpatterns = [
    path("plan/duties", index.index, name="index"),
    path("plan/duties/assign", index.assign, name="assign"),
    path("plan/duties/open", index.open_, name="open"),
    path("plan/duties/sheet", sheets.sheet, name="sheet"),
    path("plan/duties/import", sheets.import_, name="import"),
    path("plan/duties/bodies", bodies.body_list, name="bodies"),
    path("plan/duties/bodies/<slug:key>", bodies.body, name="body"),
    path("plan/duties/rounds", rounds.round_list, name="rounds"),
    path("plan/duties/rounds/<int:number>", rounds.round_, name="round"),
    path("plan/duties/notes", notes.note_list, name="notes"),
    path("plan/duties/notes/<int:number>", notes.note, name="note"),
    path("plan/duties/evidence/<str:code>", reports.evidence, name="evidence"),
    path("plan/duties/<int:number>", duty.duty, name="duty"),
    path("plan/duties/<int:number>/assign", duty.assign, name="assign-one"),
    path("plan/duties/<int:number>/milestones", duty.milestone, name="milestone"),
    path("plan/duties/<int:number>/milestones/<int:milestone>", duty.finish, name="finish"),
    path("plan/duties/<int:number>/notes", duty.note, name="write-note"),
    path("plan/duties/<int:number>/reports/<int:period>", reports.report, name="report"),
    path("plan/duties/<int:number>/reports/<int:period>/decision", reports.decide_, name="decide"),
]
