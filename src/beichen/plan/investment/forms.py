"""The forms with which people report: each knows how to fill itself from a project and how to write.

A form's fields carry the names that the service's problems name, so that each stands beside its field.
Long because it holds the seven forms of one page, which share their fields.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beichen.kernel.actor import Actor
from beichen.kernel.files.service import store
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region, RegionLevel
from beichen.plan.investment.declared import (
    APPROVALS,
    ApprovalState,
    ElementKind,
    ElementState,
    LandKind,
    LandState,
    Nature,
    Source,
)
from beichen.plan.investment.models import Investment
from beichen.plan.investment.service import (
    add_project,
    change_project,
    change_stage,
    record_done,
    set_approval,
    set_element,
    set_funds,
    set_year,
)
from beichen.plan.investment.stages import Stage
from beichen.problem import ProblemError
from beichen.web.wording import in_words

Choices = list[tuple[str, str | Promise]]
LARGEST = 20 << 20  # bytes of a piece of evidence
NOTHING: tuple[str, str | Promise] = ("", "–")


def amount_field(label: Any) -> forms.CharField:
    attributes = {"inputmode": "decimal", "autocomplete": "off"}
    return forms.CharField(
        label=label, required=False, max_length=30, widget=forms.TextInput(attrs=attributes)
    )


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def choice_field(label: Any, choices: Any, *, required: bool = False) -> forms.ChoiceField:
    shown: Any = [*choices] if required else [NOTHING, *choices]
    return forms.ChoiceField(label=label, choices=shown, required=required)


def reason_field() -> forms.CharField:
    return forms.CharField(label=_("Why"), max_length=300, required=False)


class ProjectForm(forms.Form):
    """A form about one project. ``key`` is its place in the address, ``title`` what its disclosure says."""

    key: ClassVar[str] = ""
    title: ClassVar[str | Promise] = ""

    def __init__(self, *args: Any, row: Investment, **options: Any) -> None:
        options.setdefault("initial", self.stated(row))
        options.setdefault("auto_id", "id_%s" if self.key == "facts" else f"{self.key}-%s")
        super().__init__(*args, **options)
        self.row = row

    def stated(self, row: Investment) -> dict[str, Any]:
        """What the project says already."""
        return {}

    def write(self, by: Actor) -> Investment:
        """Write what was filled in; the project to show next. Raises ProblemError."""
        return self.row

    def take(self, error: ProblemError) -> None:
        """Show what a service refused beside the fields that it concerns."""
        for problem in error.problems:
            name = {"geometry": "longitude", "on": "on"}.get(problem.where.field or "", problem.where.field)
            self.add_error(name if name in self.fields else None, in_words(problem))


class FactsForm(ProjectForm):
    """Who builds what, where, when, for how much; and its land."""

    key = "facts"
    title = _("Correct or complete the project")
    PLAIN: ClassVar = (
        "builder", "nature", "content", "address", "starts", "ends", "progress", "total", "done_total",
        "done_until", "land_state", "land_kind", "land_area", "lead_name",
    )  # fmt: skip

    lead = choice_field(_("Responsible body"), [])
    lead_name = forms.CharField(label=_("Responsible body, if not listed"), max_length=200, required=False)
    builder = forms.CharField(label=_("Builder"), max_length=200, required=False)
    nature = choice_field(_("Nature of construction"), Nature.choices)
    starts = forms.CharField(
        label=_("Planned from"), max_length=10, required=False, help_text="2021, 2021-03"
    )
    ends = forms.CharField(label=_("Planned until"), max_length=10, required=False, help_text="2025-12")
    total = amount_field(_("Total investment (10,000 yuan)"))
    done_total = amount_field(_("Done so far (10,000 yuan)"))
    done_until = forms.CharField(label=_("Done so far: until"), max_length=10, required=False)
    land_state = choice_field(_("Land"), LandState.choices)
    land_kind = choice_field(_("Kind of land"), LandKind.choices)
    land_area = amount_field(_("Area (hectares)"))
    region = choice_field(_("Region"), [])
    address = forms.CharField(label=_("Place in words"), max_length=200, required=False)
    longitude = amount_field(_("Longitude (WGS 84)"))
    latitude = amount_field(_("Latitude (WGS 84)"))
    progress = forms.CharField(label=_("Progress in words"), max_length=500, required=False)
    content = forms.CharField(
        label=_("Content and scale"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason = reason_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        lead, region = self.fields["lead"], self.fields["region"]
        if isinstance(lead, forms.ChoiceField) and isinstance(region, forms.ChoiceField):
            bodies = Body.objects.filter(is_current=True).values_list("key", "name")
            lead.choices = [NOTHING, *bodies]
            levels = (RegionLevel.CITY, RegionLevel.COUNTY)
            regions = Region.objects.filter(is_current=True, level__in=levels)
            if self.row.plan.region is not None:
                regions = regions.filter(path__under=self.row.plan.region.path)
            region.choices = [NOTHING, *regions.values_list("code", "name")]

    def stated(self, row: Investment) -> dict[str, Any]:
        """The project's fields, its place as two numbers when it is a point."""
        values = {name: getattr(row, name) for name in self.PLAIN}
        for name in ("total", "done_total", "land_area"):
            values[name] = "" if values[name] is None else format(values[name].normalize(), "f")
        values |= {"lead": row.lead.key if row.lead else "", "region": row.region.code if row.region else ""}
        if row.geometry and row.geometry.get("type") == "Point":
            values["longitude"], values["latitude"] = row.geometry["coordinates"][:2]
        return values

    def clean(self) -> dict[str, Any]:
        """Both coordinates or none."""
        said = super().clean() or {}
        if bool(said.get("longitude")) != bool(said.get("latitude")):
            self.add_error("latitude", _("Longitude and latitude belong together."))
        return said

    def write(self, by: Actor) -> Investment:
        """Write the fields; a drawn line or area stays unless a point is given."""
        said = self.cleaned_data
        values: dict[str, Any] = {name: said[name] for name in self.PLAIN}
        values["lead"] = Body.objects.filter(key=said["lead"]).first() if said["lead"] else None
        values["region"] = Region.objects.filter(code=said["region"]).first() if said["region"] else None
        is_point = (self.row.geometry or {}).get("type", "Point") == "Point"
        if said["longitude"]:
            values["geometry"] = _point(said["longitude"], said["latitude"])
        elif is_point:
            values["geometry"] = None
        change_project(self.row, values, by=by, reason=said["reason"])
        return self.row


def _point(longitude: str, latitude: str) -> dict[str, Any]:
    """A GeoJSON point; what is no number is left as it is, for the service to refuse."""
    try:
        return {"type": "Point", "coordinates": [float(longitude), float(latitude)]}
    except ValueError:
        return {"type": "Point", "coordinates": [longitude, latitude]}


class StageForm(ProjectForm):
    """The next stage, its day, its evidence."""

    key = "stage"
    title = _("Report a stage")
    stage = choice_field(_("Stage"), Stage.choices, required=True)
    on = day_field(_("Since"))
    evidence = forms.CharField(label=_("Evidence"), max_length=300, required=False)
    file = forms.FileField(label=_("Evidence as a file"), required=False)
    reason = forms.CharField(
        label=_("Why, if it is not the next step or approvals are missing"), max_length=300, required=False
    )

    def write(self, by: Actor) -> Investment:
        """Move the project; the file is kept with the change."""
        said = self.cleaned_data
        sent = said["file"]
        kept = None
        if sent is not None:
            kept = store(
                sent,
                sent.name,
                by=by,
                level=Level.L2,
                body=self.row.lead,
                region=self.row.region,
                limit=20 << 20,
            )
        told_with = {"reason": said["reason"], "evidence": said["evidence"]}
        change_stage(self.row, said["stage"], said["on"], by=by, file=kept, **told_with)
        return self.row


class FundsForm(ProjectForm):
    """Planned and allotted money of each source; an empty pair is no line."""

    key = "funds"
    title = _("Money by source (10,000 yuan)")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for source in Source:
            self.fields[source.value] = amount_field(_("%(source)s: planned") % {"source": source.label})
            self.fields[f"{source.value}-allotted"] = amount_field(_("allotted"))
            self.fields[f"{source.value}-unknown"] = forms.BooleanField(
                label=_("named, amount not known"), required=False
            )
        self.fields["reason"] = reason_field()

    def stated(self, row: Investment) -> dict[str, Any]:
        """The lines."""
        values: dict[str, Any] = {}
        for line in row.funds.all():
            values[line.source] = "" if line.planned is None else format(line.planned.normalize(), "f")
            allotted = "" if line.allotted is None else format(line.allotted.normalize(), "f")
            values[f"{line.source}-allotted"] = allotted
            values[f"{line.source}-unknown"] = line.planned is None
        return values

    def write(self, by: Actor) -> Investment:
        """Make the lines equal what was filled in."""
        said = self.cleaned_data
        lines = {
            source.value: (said[source.value], said[f"{source.value}-allotted"])
            for source in Source
            if said[source.value] or said[f"{source.value}-allotted"] or said[f"{source.value}-unknown"]
        }
        set_funds(self.row, lines, by=by, reason=said["reason"])
        return self.row


class PeriodForm(ProjectForm):
    """What is planned or done in a year, or done in a quarter or month."""

    key = "period"
    title = _("Investment of a year, quarter or month (10,000 yuan)")
    period = forms.CharField(label=_("Period"), max_length=7, help_text="2024, 2024-Q1, 2024-03")
    planned = amount_field(_("Planned (years only)"))
    done = amount_field(_("Invested"))
    reason = reason_field()

    def write(self, by: Actor) -> Investment:
        """Write a year's figures that were filled in, or a part's."""
        said = self.cleaned_data
        period = said["period"].strip()
        if period.isdecimal():
            given = {name: said[name] for name in ("planned", "done") if said[name]}
            set_year(self.row, int(period), by=by, reason=said["reason"], **given)
        else:
            record_done(self.row, period, said["done"], by=by, reason=said["reason"])
        return self.row


class ApprovalForm(ProjectForm):
    """How far an approval is."""

    key = "approval"
    title = _("Record an approval")
    kind = choice_field(_("Approval"), [(key, kind.name) for key, kind in APPROVALS.items()], required=True)
    state = choice_field(_("State"), ApprovalState.choices)
    number = forms.CharField(label=_("Number"), max_length=100, required=False)
    on = day_field(_("Day"), required=False)
    body = forms.CharField(label=_("Given by"), max_length=200, required=False)

    def write(self, by: Actor) -> Investment:
        """Write it."""
        said = self.cleaned_data
        details = {"number": said["number"], "on": said["on"], "body": said["body"]}
        set_approval(self.row, said["kind"], said["state"], by=by, **details)
        return self.row


class ElementForm(ProjectForm):
    """Whether another element is there."""

    key = "element"
    title = _("Record another element")
    kind = choice_field(_("Element"), ElementKind.choices, required=True)
    state = choice_field(_("State"), ElementState.choices)
    amount = forms.CharField(label=_("How much"), max_length=120, required=False)

    def write(self, by: Actor) -> Investment:
        """Write it."""
        said = self.cleaned_data
        set_element(self.row, said["kind"], said["state"], by=by, amount=said["amount"])
        return self.row


class ChildForm(ProjectForm):
    """A project below this one, such as a site of it."""

    key = "child"
    title = _("Add a project below it")
    name = forms.CharField(label=_("Name"), max_length=500)

    def write(self, by: Actor) -> Investment:
        """Add it; it is shown next."""
        return add_project(self.row.plan, self.cleaned_data["name"], by=by, parent=self.row)


FORMS: dict[str, type[ProjectForm]] = {
    form.key: form
    for form in (StageForm, FactsForm, FundsForm, PeriodForm, ApprovalForm, ElementForm, ChildForm)
}


class ListForm(forms.Form):
    """A project list to be read, and the year that 本年 means in it."""

    file = forms.FileField(label=_("Project list (.xlsx)"))
    year = forms.IntegerField(label=_("Year that 本年 means"), required=False, min_value=1950, max_value=2200)
