"""Addresses of the plan's pages."""

from __future__ import annotations

from django.urls import path

from beichen.plan.views import indicators, lists, outline, text

app_name = "plan"
urlpatterns = [
    path("plan", outline.outline, name="outline"),
    path("plan/indicators", indicators.indicator_list, name="indicators"),
    path("plan/indicators/<int:number>", indicators.indicator, name="indicator"),
    path("plan/targets", lists.target_list, name="targets"),
    path("plan/projects", lists.project_list, name="projects"),
    path("plan/text/<str:location>", text.text, name="text"),
    path("plan/text/<str:location>/<slug:kind>/<slug:key>", text.check, name="check"),
]
