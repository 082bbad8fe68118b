"""What the events of this room are called: the steps of an affair."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "services.affair.opened": _("An application was taken in"),
        "services.affair.taken": _("A step was taken on"),
        "services.affair.completed": _("A step was completed"),
        "services.affair.recalled": _("A step was taken back"),
        "services.affair.handed-over": _("A step was handed over"),
        "services.affair.material-asked": _("Material was asked for"),
        "services.affair.material-given": _("Material was brought"),
        "services.affair.suspended": _("An affair was suspended"),
        "services.affair.resumed": _("An affair goes on"),
        "services.affair.message": _("A message came in"),
        "services.affair.timer-fired": _("A time limit ran out"),
        "services.affair.objected": _("Somebody objected to the public notice"),
        "services.affair.objection-answered": _("An objection was answered"),
        "services.affair.notified": _("The process tells that something is so"),
        "services.affair.withdrawn": _("An application was withdrawn"),
        "services.affair.annulled": _("A decision was taken back"),
        "services.affair.rated": _("An affair was rated"),
        "services.affair.closed": _("An affair was concluded"),
        "services.affair.marked": _("An affair was marked for its time"),
        "services.bundle.opened": _("A bundle was applied for"),
        "services.bundle.closed": _("A bundle has its answer"),
        "services.appointment.booked": _("An appointment was booked"),
        "services.appointment.moved": _("An appointment was moved"),
        "services.appointment.cancelled": _("An appointment was cancelled"),
        "services.ticket.came": _("A queue number was taken"),
        "services.ticket.called": _("A queue number was called"),
        "services.ticket.served": _("A queue number was served"),
        "services.ticket.skipped": _("A queue number was passed over"),
        "services.ticket.waiting": _("A queue number waits again"),
        "services.payment.ordered": _("A payment was ordered"),
        "services.payment.paid": _("A payment was received"),
        "services.payment.expired": _("A payment was not made in time"),
        "services.payment.asked": _("Whether a payment goes back is to be decided"),
        "services.payment.refunding": _("A payment is to be given back"),
        "services.payment.kept": _("A payment is not given back"),
        "services.payment.refunded": _("A payment was given back"),
    }
)
