"""Addresses of the room's pages."""

from __future__ import annotations

from django.urls import path

from beichen.plan.investment.views import exchange, located, overview, project, projects, reporting, year

app_name = "plan_investment"
urlpatterns = [
    path("plan/investment", overview.overview, name="index"),
    path("plan/investment/projects", projects.project_list, name="projects"),
    path("plan/investment/projects/<slug:key>", project.project, name="project"),
    path("plan/investment/projects/<slug:key>/<slug:form>", reporting.report, name="report"),
    path("plan/investment/map", located.project_map, name="map"),
    path("plan/investment/import", exchange.import_list, name="import"),
    path("plan/investment/export", exchange.export_list, name="export"),
    path("plan/investment/<int:year>", year.year_plan, name="year"),
    path("plan/investment/<int:year>/<slug:action>", year.change_year_plan, name="change-year"),
]
