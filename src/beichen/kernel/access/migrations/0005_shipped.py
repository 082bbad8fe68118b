"""What each built-in role was shipped with: kept, so that a release can add to roles that a city changed. Reversible.

Houses that stand have what the release before this one shipped, less or more what their city changed.
"""

from django.db import migrations, models

SHIPPED = {
    "public": (
        "plan.read plan.investment.read plan.duty.read plan.report.read registry.object.read "
        "geo.read data.read overview.read events.read events.report.send evaluation.read "
        "ledger.read"
    ),
    "officer": (
        "plan.read plan.investment.read plan.investment.report plan.duty.read plan.duty.report "
        "plan.duty.answer plan.duty.mark plan.draft.read plan.catalogue.file plan.catalogue.settle "
        "plan.report.read plan.congress.answer registry.object.read geo.read geo.analysis.run "
        "data.read overview.read events.read org.read evaluation.read evaluation.report.write "
        "evaluation.appeal.write events.case.read events.case.handle services.affair.read "
        "services.task.handle comms.roster.read tables.read ledger.read ledger.entry.read"
    ),
    "attendant": (
        "events.read events.report.take events.case.read events.case.accept events.case.dispatch "
        "events.case.verify events.reporter.read services.affair.start services.affair.read "
        "services.task.handle comms.roster.read geo.read registry.object.read"
    ),
    "grid-worker": (
        "events.read events.report.take events.case.read events.case.handle geo.read "
        "registry.object.read"
    ),
    "supervisor": (
        "events.read events.case.read events.case.verify events.case.extend events.case.supervise "
        "services.affair.read services.affair.supervise overview.read geo.read"
    ),
    "steward": (
        "registry.* geo.* data.* tables.* org.* iot.device.read ai.model.read comms.roster.read"
    ),
    "planner": (
        "plan.* -plan.adjustment.approve -plan.adjustment.ratify -plan.fact.amend data.* geo.read "
        "geo.analysis.run tables.read overview.read overview.screen.write evaluation.read "
        "evaluation.inspect evaluation.scheme.* evaluation.round.* evaluation.appeal.decide "
        "comms.roster.read"
    ),
    "government": (
        "plan.read plan.draft.read plan.adjustment.approve plan.fact.amend overview.read data.read "
        "comms.roster.read"
    ),
    "congress": (
        "plan.read plan.draft.read plan.adjustment.ratify overview.read data.read"
    ),
    "evaluator": (
        "plan.read data.read tables.read evaluation.read evaluation.inspect "
        "evaluation.assessment.write"
    ),
    "operator": (
        "bus.* jobs.* scene.* iot.device.read ai.* overview.read overview.screen.write "
        "comms.log.read comms.roster.* comms.group.* comms.quiet.* ledger.read ledger.entry.read "
        "ledger.witness.*"
    ),
    "certifier": (
        "ledger.read ledger.entry.read ledger.certificate.* comms.roster.read"
    ),
    "collector": (
        "tables.write"
    ),
    "engineer": (
        "iot.* ai.* registry.object.read geo.read data.read overview.read comms.roster.read"
    ),
    "device-gateway": (
        "iot.reading.write"
    ),
    "monitor": (
        "house.metrics.read"
    ),
    "simulator": (
        "iot.* registry.object.read registry.object.write geo.read events.read events.report.send"
    ),
    "sensor-service": (
        "iot.sensorthings.write iot.device.read iot.device.write iot.reading.write "
        "registry.object.read registry.object.write registry.object.remove tables.read"
    ),
    "gateway": (
        "comms.receipt.write"
    ),
    "overseer": (
        "plan.read data.read plan.duty.read plan.report.read plan.congress.opine plan.trail.read"
    ),
    "auditor": (
        "audit.* plan.read plan.duty.inspect plan.report.read plan.trail.read comms.log.read "
        "comms.address.read ledger.read ledger.entry.read"
    ),
    "administrator": (
        "*"
    ),
}


def keep_shipped(apps, schema_editor):
    roles = apps.get_model("kernel_access", "Role")
    for role in roles.objects.filter(key__in=SHIPPED):
        role.shipped = SHIPPED[role.key].split()
        role.save(update_fields=["shipped"])


class Migration(migrations.Migration):

    dependencies = [("kernel_access", "0003_citizens")]

    operations = [
        migrations.AddField("role", "shipped", models.JSONField(default=list)),
        migrations.RunPython(keep_shipped, migrations.RunPython.noop),
    ]
