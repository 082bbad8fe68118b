"""What is declared once for all projects: fund lines, approvals, kinds of land and of other elements.

The approvals are those that the State Council's Regulation on Government Investment (政府投资条例, 2019)
and the catalogue of approvals in construction ask for. ``is_gate`` marks what a project must hold, or be
found not to need, before it starts.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """Where money comes from (资金来源)."""

    CENTRAL = "central", _("Central budget")
    PROVINCIAL = "provincial", _("Provincial funds")
    CITY = "city", _("City funds")
    BONDS = "bonds", _("Special bonds")
    LOANS = "loans", _("Bank loans")
    ENTERPRISE = "enterprise", _("Enterprise funds")
    OTHER = "other", _("Other funds")


SOURCE_WORDS = {
    Source.CENTRAL: "中央预算内",
    Source.PROVINCIAL: "省级资金",
    Source.CITY: "市级资金",
    Source.BONDS: "专项债券",
    Source.LOANS: "银行贷款",
    Source.ENTERPRISE: "企业自筹",
    Source.OTHER: "其他资金",
}
GOVERNMENT = (Source.CENTRAL, Source.PROVINCIAL, Source.CITY, Source.BONDS)


class Nature(models.TextChoices):
    """The nature of construction (建设性质)."""

    NEW = "new", _("New construction")
    EXTENSION = "extension", _("Extension")
    REBUILDING = "rebuilding", _("Rebuilding")
    MOVING = "moving", _("Removal and rebuilding")
    UPGRADE = "upgrade", _("Technical upgrade")


NATURE_WORDS = {
    Nature.NEW: "新建",
    Nature.EXTENSION: "扩建",
    Nature.REBUILDING: "改建",
    Nature.MOVING: "迁建",
    Nature.UPGRADE: "技改",
}


class LandState(models.TextChoices):
    """How a project stands for land; empty is "no data"."""

    NEEDED = "needed", _("Needed, not yet allotted")
    ALLOTTED = "allotted", _("Allotted")
    NONE = "none", _("No land needed")


class LandKind(models.TextChoices):
    """The kind of land a project stands on."""

    STATE = "state", _("State-owned construction land")
    COLLECTIVE = "collective", _("Collective construction land")
    FARM = "farm", _("Farmland to be converted")
    EXISTING = "existing", _("Land already in use")


class ApprovalState(models.TextChoices):
    """How far an approval is."""

    APPLIED = "applied", _("Applied for")
    GRANTED = "granted", _("Granted")
    NOT_NEEDED = "not-needed", _("Not needed")


class ElementKind(models.TextChoices):
    """Elements (要素) besides money, land and approvals."""

    ENERGY = "energy", _("Energy quota")
    POWER = "power", _("Power supply")
    WATER = "water", _("Water supply")
    EMISSION = "emission", _("Emission quota")
    LABOUR = "labour", _("Labour")
    OTHER = "other", _("Other element")


class ElementState(models.TextChoices):
    """Whether an element is there."""

    NEEDED = "needed", _("Needed")
    SECURED = "secured", _("Secured")


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """An approval of the list: its key, its names, and whether the start waits for it."""

    key: str
    word: str
    name: str | Promise
    is_gate: bool


APPROVALS: dict[str, ApprovalKind] = {
    kind.key: kind
    for kind in (
        ApprovalKind("initiation", "立项（审批、核准、备案）", _("Project approval or filing"), True),
        ApprovalKind("siting", "用地预审与规划选址", _("Land pre-review and siting"), True),
        ApprovalKind("environment", "环境影响评价", _("Environmental impact assessment"), True),
        ApprovalKind("energy", "节能审查", _("Energy conservation review"), True),
        ApprovalKind("land-permit", "建设用地规划许可", _("Land use planning permit"), False),
        ApprovalKind("works-permit", "建设工程规划许可", _("Works planning permit"), False),
        ApprovalKind("feasibility", "可行性研究报告批复", _("Feasibility study approval"), False),
        ApprovalKind("design", "初步设计批复", _("Preliminary design approval"), False),
        ApprovalKind("construction", "施工许可", _("Construction permit"), True),
    )
}
GATE = tuple(key for key, kind in APPROVALS.items() if kind.is_gate)
MET = (ApprovalState.GRANTED, ApprovalState.NOT_NEEDED)
