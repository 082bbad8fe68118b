"""Addresses of the room's pages."""

from __future__ import annotations

from django.urls import path

from beichen.plan.years.views import draft, matrix, versions, work, year

app_name = "plan_years"
urlpatterns = [
    path("plan/years", matrix.index, name="index"),
    path("plan/years/nature/<path:line>", matrix.nature, name="nature"),
    path("plan/years/<int:number>", year.year, name="year"),
    path("plan/years/<int:number>/work", work.work, name="work"),
    path("plan/years/<int:number>/draft", draft.draft, name="draft"),
    path("plan/years/<int:number>/draft/<int:pk>", draft.target, name="target"),
    path("plan/years/<int:number>/draft/<int:pk>/districts", draft.districts, name="districts"),
    path("plan/years/<int:number>/adopt", draft.adopt_draft, name="adopt"),
    path("plan/years/<int:number>/discard", draft.discard, name="discard"),
    path("plan/years/<int:number>/versions", versions.versions_of_year, name="versions"),
]
