"""Addresses of the log and of the ledger's pages."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from beichen.platforms.ledger.views import certificates, checking, description, entries, ledger, tlog

app_name = "platforms_ledger"
urlpatterns = [
    path("tlog/openapi.json", description.description, name="tlog-description"),
    path("tlog/checkpoint", tlog.checkpoint, name="checkpoint"),
    path("tlog/pending", tlog.pending, name="pending"),
    path("tlog/policy", tlog.policy, name="policy"),
    path("tlog/tile/<path:path>", tlog.tile, name="tile"),
    path("tlog/proof/inclusion", tlog.inclusion, name="inclusion"),
    path("tlog/proof/consistency", tlog.consistency, name="consistency"),
    path("tlog/cosignatures", tlog.cosignatures, name="cosignatures"),
    path("ledger", ledger.ledger, name="ledger"),
    path("ledger/witnesses", ledger.add, name="add-witness"),
    path("ledger/witnesses/<int:number>/retire", ledger.retire, name="retire-witness"),
    path("ledger/anchors/<int:number>", ledger.anchor, name="anchor"),
    path("ledger/entries", entries.entries, name="entries"),
    path("ledger/entries/<int:number>", entries.entry, name="entry"),
    path("ledger/entries/<int:number>/bundle", entries.bundle, name="bundle"),
    path("certificates", certificates.index, name="certificates"),
    path("my/certificates", certificates.mine, name="own-certificates"),
    # Where they were before: links in messages and bookmarks lead on.
    path("certificates/mine", RedirectView.as_view(pattern_name="platforms_ledger:own-certificates")),
    path("certificates/issue/<slug:key>", certificates.issue, name="issue"),
    path("certificates/status/<int:number>", checking.status, name="status-list"),
    path("certificates/kinds/<slug:key>", checking.kind, name="certificate-kind"),
    path("certificates/<slug:code>", certificates.certificate, name="certificate"),
    path("certificates/<slug:code>/pdf", certificates.paper, name="certificate-pdf"),
    path("certificates/<slug:code>/text", certificates.text, name="certificate-text"),
    path("certificates/<slug:code>/state", certificates.change, name="certificate-state"),
    path("verify", checking.verify, name="verify"),
    path(".well-known/jwt-vc-issuer", checking.issuer, name="issuer"),
]
