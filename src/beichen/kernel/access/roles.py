"""The roles that every city has from the start; a city package may add its own and change these.

Long because all of them stand here, so that who may do what is read in one place.
"""

from __future__ import annotations

from dataclasses import dataclass

from beichen.kernel.levels import Level


@dataclass(frozen=True, slots=True)
class BuiltinRole:
    """A role as it is before a city changes it."""

    key: str
    name: str
    name_en: str
    permissions: tuple[str, ...]
    clearance: Level


BUILTIN = (
    BuiltinRole(
        "public",
        "公众",
        "Public",
        (
            "plan.read",
            "plan.investment.read",
            "plan.duty.read",
            "plan.report.read",
            "registry.object.read",
            "geo.read",
            "data.read",
            "overview.read",
            "events.read",
            "events.report.send",
            "evaluation.read",
            "ledger.read",
        ),
        Level.L1,
    ),
    BuiltinRole(
        "officer",
        "工作人员",
        "Officer",
        (
            "plan.read",
            "plan.investment.read",
            "plan.investment.report",
            "plan.duty.read",
            "plan.duty.report",
            "plan.duty.answer",
            "plan.duty.mark",
            "plan.draft.read",
            "plan.catalogue.file",
            "plan.catalogue.settle",
            "plan.report.read",
            "plan.congress.answer",
            "registry.object.read",
            "geo.read",
            "geo.analysis.run",
            "data.read",
            "overview.read",
            "events.read",
            "org.read",
            "evaluation.read",
            "evaluation.report.write",
            "evaluation.appeal.write",
            "events.case.read",
            "events.case.handle",
            "comms.roster.read",
            "tables.read",
            "ledger.read",
            "ledger.entry.read",
        ),
        Level.L2,
    ),
    BuiltinRole(
        "attendant",
        "受理员",
        "Centre attendant",
        (
            "events.read",
            "events.report.take",
            "events.case.read",
            "events.case.accept",
            "events.case.dispatch",
            "events.case.verify",
            "events.reporter.read",
            "comms.roster.read",
            "geo.read",
            "registry.object.read",
        ),
        Level.L3,
    ),
    BuiltinRole(
        "grid-worker",
        "网格员",
        "Grid worker",
        (
            "events.read",
            "events.report.take",
            "events.case.read",
            "events.case.handle",
            "geo.read",
            "registry.object.read",
        ),
        Level.L2,
    ),
    BuiltinRole(
        "supervisor",
        "督办员",
        "Supervisor",
        (
            "events.read",
            "events.case.read",
            "events.case.verify",
            "events.case.extend",
            "events.case.supervise",
            "overview.read",
            "geo.read",
        ),
        Level.L2,
    ),
    BuiltinRole(
        "steward",
        "数据管理员",
        "Data steward",
        (
            "registry.*",
            "geo.*",
            "data.*",
            "tables.*",
            "org.*",
            "iot.device.read",
            "ai.model.read",
            "comms.roster.read",
        ),
        Level.L3,
    ),
    BuiltinRole(
        "planner",
        "规划管理员",
        "Plan officer",
        (
            "plan.*",
            # Who proposes an adjustment neither approves nor ratifies it.
            "-plan.adjustment.approve",
            "-plan.adjustment.ratify",
            "-plan.fact.amend",
            "data.*",
            "geo.read",
            "geo.analysis.run",
            "tables.read",
            "overview.read",
            "overview.screen.write",
            "evaluation.read",
            "evaluation.inspect",
            "evaluation.scheme.*",
            "evaluation.round.*",
            "evaluation.appeal.decide",
            "comms.roster.read",
        ),
        Level.L2,
    ),
    BuiltinRole(
        "government",
        "政府决策",
        "Government",
        (
            "plan.read",
            "plan.draft.read",
            "plan.adjustment.approve",
            "plan.fact.amend",
            "overview.read",
            "data.read",
            "comms.roster.read",
        ),
        Level.L2,
    ),
    BuiltinRole(
        "congress",
        "人大审议",
        "Congress",
        ("plan.read", "plan.draft.read", "plan.adjustment.ratify", "overview.read", "data.read"),
        Level.L2,
    ),
    BuiltinRole(
        "evaluator",
        "第三方评估员",
        "Evaluator",
        (
            "plan.read",
            "data.read",
            "tables.read",
            "evaluation.read",
            "evaluation.inspect",
            "evaluation.assessment.write",
        ),
        Level.L2,
    ),
    BuiltinRole(
        "operator",
        "运行值守员",
        "Operator",
        (
            "bus.*",
            "jobs.*",
            "scene.*",
            "iot.device.read",
            "ai.*",
            "overview.read",
            "overview.screen.write",
            "comms.log.read",
            "comms.roster.*",
            "comms.group.*",
            "comms.quiet.*",
            "ledger.read",
            "ledger.entry.read",
            "ledger.witness.*",
        ),
        Level.L2,
    ),
    BuiltinRole(
        "certifier",
        "证照签发员",
        "Issuer of certificates",
        ("ledger.read", "ledger.entry.read", "ledger.certificate.*", "comms.roster.read"),
        Level.L3,
    ),
    # For the key of a program that brings rows into tables.
    BuiltinRole("collector", "数据采集端", "Collector of rows", ("tables.write",), Level.L3),
    BuiltinRole(
        "engineer",
        "物联工程师",
        "Device engineer",
        (
            "iot.*",
            "ai.*",
            "registry.object.read",
            "geo.read",
            "data.read",
            "overview.read",
            "comms.roster.read",
        ),
        Level.L2,
    ),
    # For the key of a program that brings the readings of many devices.
    BuiltinRole("device-gateway", "设备网关", "Gateway of devices", ("iot.reading.write",), Level.L2),
    # For the key of Prometheus.
    BuiltinRole("monitor", "监控程序", "Monitoring", ("house.metrics.read",), Level.L1),
    # For the key of a program that plays a city: what it brings is marked as a demo.
    BuiltinRole(
        "simulator",
        "仿真端",
        "Simulator",
        (
            "iot.*",
            "registry.object.read",
            "registry.object.write",
            "geo.read",
            "events.read",
            "events.report.send",
        ),
        Level.L2,
    ),
    # For the key of a program that keeps its things, series and readings through SensorThings.
    BuiltinRole(
        "sensor-service",
        "传感服务接入端",
        "SensorThings client",
        (
            "iot.sensorthings.write",
            "iot.device.read",
            "iot.device.write",
            "iot.reading.write",
            "registry.object.read",
            "registry.object.write",
            "registry.object.remove",
            "tables.read",
        ),
        Level.L2,
    ),
    # For the key of a gateway of text messages, which says what became of them.
    BuiltinRole("gateway", "消息网关", "Message gateway", ("comms.receipt.write",), Level.L2),
    BuiltinRole(
        "overseer",
        "人大监督员",
        "Congress overseer",
        (
            "plan.read",
            "data.read",
            "plan.duty.read",
            "plan.report.read",
            "plan.congress.opine",
            "plan.trail.read",
        ),
        Level.L2,
    ),
    BuiltinRole(
        "auditor",
        "审计员",
        "Auditor",
        (
            "audit.*",
            "plan.read",
            "plan.duty.inspect",
            "plan.report.read",
            "plan.trail.read",
            "comms.log.read",
            "comms.address.read",
            "ledger.read",
            "ledger.entry.read",
        ),
        Level.L4,
    ),
    BuiltinRole("administrator", "系统管理员", "Administrator", ("*",), Level.L3),
)
