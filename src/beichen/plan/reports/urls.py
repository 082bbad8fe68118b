"""Addresses of the reports, the oversight and the public edition."""

from __future__ import annotations

from django.urls import path

from beichen.plan.reports.views import congress, oversight, reports

app_name = "plan_reports"
urlpatterns = [
    path("plan/reports", reports.index, name="index"),
    path("plan/reports/new", reports.order, name="order"),
    path("plan/reports/congress", congress.congress, name="congress"),
    path("plan/reports/congress/submit", congress.submit, name="submit"),
    path("plan/reports/congress/<int:year>/days", congress.days, name="days"),
    path("plan/reports/congress/<int:year>/opinions", congress.opine, name="opine"),
    path("plan/reports/congress/<int:year>/opinions/<int:number>", congress.reply, name="reply"),
    path("plan/reports/trail", oversight.trail, name="trail"),
    path("plan/reports/templates", oversight.templates, name="templates"),
    path("plan/reports/templates/save", oversight.save_template, name="save-template"),
    path("plan/reports/templates/<slug:use>.docx", oversight.template, name="template"),
    path("plan/reports/<slug:code>", reports.report, name="report"),
    path("plan/reports/<slug:code>/progress", reports.progress, name="progress"),
    path("plan/reports/<slug:code>/step", reports.step, name="step"),
    path("plan/reports/<slug:code>/report.<slug:wanted>", reports.file, name="file"),
    path("public/plan", oversight.public, name="public"),
]
