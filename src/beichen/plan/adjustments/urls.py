"""Addresses of adjustments and versions."""

from __future__ import annotations

from django.urls import path

from beichen.plan.adjustments.views import adjustments, changes, versions

app_name = "plan_adjustments"
urlpatterns = [
    path("plan/adjustments", adjustments.index, name="index"),
    path("plan/adjustments/new", adjustments.new, name="new"),
    path("plan/adjustments/<int:number>", adjustments.adjustment, name="adjustment"),
    path("plan/adjustments/<int:number>/steps/<slug:step>", adjustments.step, name="step"),
    path("plan/adjustments/<int:number>/changes", changes.add, name="add"),
    path("plan/adjustments/<int:number>/projects", changes.add_project, name="add-project"),
    path("plan/adjustments/<int:number>/changes/<int:change>/drop", changes.drop, name="drop"),
    path("plan/versions", versions.index, name="versions"),
    path("plan/versions/compare", versions.compare_two, name="compare"),
    path("plan/versions/<int:number>", versions.version, name="version"),
]
