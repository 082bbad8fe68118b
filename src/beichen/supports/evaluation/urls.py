"""Addresses of the room's pages."""

from __future__ import annotations

from django.urls import path

from beichen.supports.evaluation.views import (
    appeals,
    criteria,
    overview,
    rounds,
    schemes,
    statements,
    subjects,
)

app_name = "supports_evaluation"
SCHEME = "evaluation/schemes/<slug:key>/<int:version>"
ROUND = "evaluation/rounds/<slug:key>"
urlpatterns = [
    path("evaluation", overview.index, name="index"),
    path("evaluation/schemes", schemes.scheme_list, name="schemes"),
    path("evaluation/schemes/new", schemes.begin, name="begin"),
    path(SCHEME, schemes.scheme, name="scheme"),
    path(f"{SCHEME}/act", schemes.act, name="act-on-scheme"),
    path(f"{SCHEME}/criteria", criteria.add, name="add-criterion"),
    path(f"{SCHEME}/criteria/<slug:criterion>", criteria.edit, name="criterion"),
    path("evaluation/rounds", rounds.round_list, name="rounds"),
    path("evaluation/rounds/new", rounds.begin, name="open"),
    path(ROUND, rounds.round_page, name="round"),
    path(f"{ROUND}/act", rounds.act, name="act-on-round"),
    path(f"{ROUND}/surveys", rounds.survey, name="survey"),
    path(f"{ROUND}/subjects/<slug:subject>", subjects.card, name="subject"),
    path(f"{ROUND}/subjects/<slug:subject>/<slug:verb>/<slug:criterion>", statements.state, name="state"),
    path("evaluation/appeals", appeals.appeal_list, name="appeals"),
    path("evaluation/appeals/<int:number>", appeals.appeal, name="appeal"),
]
