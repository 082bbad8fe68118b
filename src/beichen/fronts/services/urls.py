"""Addresses of the room's pages."""

from __future__ import annotations

from django.urls import path

from beichen.fronts.services.views import (
    affair,
    applying,
    appointments,
    bundles,
    catalogue,
    lists,
    notices,
    payments,
    queue,
    statistics,
    supervision,
    window,
)

app_name = "services"
urlpatterns = [
    path("services", catalogue.catalogue, name="catalogue"),
    path("services/items/<slug:key>", catalogue.item, name="item"),
    path("services/items/<slug:key>/guide.pdf", catalogue.item_paper, name="item-paper"),
    path("services/bundles/<slug:key>", catalogue.bundle, name="bundle"),
    path("services/bundles/runs/<slug:code>", bundles.run, name="bundle-run"),
    path("services/window", window.window, name="window"),
    path("services/window/receive/<slug:key>", window.receive, name="receive"),
    path("services/window/bundles/<slug:key>", window.receive_bundle, name="receive-bundle"),
    path("services/window/collect/<slug:code>", window.collect, name="collect"),
    path("services/receipts/<slug:code>", window.receipt, name="receipt"),
    path("services/receipts/<slug:code>/receipt.pdf", window.receipt_paper, name="receipt-paper"),
    path("services/supervision", supervision.supervision, name="supervision"),
    path("services/statistics", statistics.statistics, name="statistics"),
    path("services/windows", appointments.windows, name="windows"),
    path("services/windows/<slug:key>/queue", queue.queue, name="queue"),
    path("services/windows/<slug:key>/queue/<slug:act>", queue.act, name="queue-act"),
    path("services/windows/<slug:key>/display", queue.display, name="display"),
    path("services/appointments", appointments.appointments, name="appointments"),
    path("services/appointments/new", appointments.new, name="appointment-new"),
    path("services/appointments/<slug:code>", appointments.appointment, name="appointment"),
    path("services/appointments/<slug:code>/<slug:act>", appointments.change, name="appointment-act"),
    path("services/pay/<slug:code>", payments.fee, name="fee"),
    path("services/pay/<slug:code>/order", payments.pay, name="pay"),
    path("services/payments", payments.payments, name="payments"),
    path("services/payments/reconcile", payments.reconcile, name="reconcile"),
    path("services/payments/<slug:code>/refund", payments.refund, name="refund"),
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
