"""Addresses of the catalogue's pages."""

from __future__ import annotations

from django.urls import path

from beichen.plan.catalogue.views import entries, filings, findings

app_name = "plan_catalogue"
urlpatterns = [
    path("plans", entries.index, name="index"),
    path("plans/new", entries.new, name="new"),
    path("plans/<slug:key>", entries.entry, name="entry"),
    path("plans/<slug:key>/file", filings.file, name="file"),
    path("plans/<slug:key>/steps/<slug:step>", filings.step, name="step"),
    path("plans/<slug:key>/check", filings.check, name="check"),
    path("plans/<slug:key>/findings", findings.index, name="findings"),
    path("plans/<slug:key>/findings/<slug:finding>", findings.finding, name="finding"),
]
