"""Addresses of the room's pages."""

from __future__ import annotations

from django.urls import path

from beichen.fronts.services.views import affair, applying, lists, notices

app_name = "services"
urlpatterns = [
    path("services/desk", lists.desk, name="desk"),
    path("services/affairs", lists.affairs, name="affairs"),
    path("services/new", applying.processes, name="processes"),
    path("services/new/<slug:key>", applying.apply, name="apply"),
    path("services/notices", notices.notices, name="notices"),
    path("services/affairs/<slug:code>", affair.affair, name="affair"),
    path("services/affairs/<slug:code>/diagram.bpmn", affair.diagram, name="diagram"),
    path("services/affairs/<slug:code>/tasks/<int:number>/<slug:act>", affair.act_on_task, name="task-act"),
    path("services/affairs/<slug:code>/<slug:act>", affair.act_on_affair, name="act"),
]
