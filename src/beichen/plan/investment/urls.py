"""Addresses of the room's pages."""

from __future__ import annotations

from django.urls import path

from beichen.plan.investment.views import overview, project, projects

app_name = "plan_investment"
urlpatterns = [
    path("plan/investment", overview.overview, name="index"),
    path("plan/investment/projects", projects.project_list, name="projects"),
    path("plan/investment/projects/<slug:key>", project.project, name="project"),
]
