"""Addresses of the room's pages."""

from __future__ import annotations

from django.urls import path

from beichen.plan.monitoring.views import dashboard, history, rules, values, warning_list

app_name = "plan_monitoring"
urlpatterns = [
    path("plan/monitoring", dashboard.index, name="index"),
    path("plan/monitoring/rules", rules.rules, name="rules"),
    path("plan/monitoring/warnings", warning_list.warned, name="warnings"),
    path("plan/monitoring/values", values.index, name="values"),
    path("plan/monitoring/values/<int:file>", values.file, name="file"),
    path("plan/monitoring/values/<int:file>/apply", values.apply, name="apply"),
    path("plan/monitoring/history/<int:indicator>", history.of_indicator, name="history"),
    path("plan/monitoring/<int:number>", dashboard.year, name="year"),
]
