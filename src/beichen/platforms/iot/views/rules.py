"""`/rules`: the rules over readings; `/rules/KEY`: what one says and raised; trying it on history."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, decide, require
from beichen.kernel.bus.service import event_type_names
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.service import installed_packages
from beichen.platforms.iot import service
from beichen.platforms.iot.forms import SwitchForm, TrialForm
from beichen.platforms.iot.models import Rule
from beichen.platforms.iot.rights import MANAGE, READ
from beichen.platforms.iot.views.devices import moment
from beichen.platforms.iot.views.saying import Names, event_name, length
from beichen.problem import ProblemError
from beichen.registry.models import ObjectType
from beichen.web.charts import Chart, Series
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Rows, Table, answer

ON, OFF = gettext_lazy("Switched on"), gettext_lazy("Switched off")
FAILED = gettext_lazy("Switched off: it could not be evaluated")
MOST_FIRINGS = 50


def name_of(row: Rule) -> str:
    """What people call the rule."""
    return (row.name_en if get_language() == "en" else row.name) or row.key


def state_of(row: Rule) -> str:
    """Whether it is at work, in words."""
    return str(ON if row.is_on else FAILED if row.trouble else OFF)


def badge_of(row: Rule) -> SafeString:
    """The same with its sign and colour."""
    tone = "on-course" if row.is_on else "missed" if row.trouble else "unknown"
    return render_to_string("platforms_iot/badge.html", {"tone": tone, "label": state_of(row)})


def condition_of(row: Rule) -> str:
    """What has to hold, in one line."""
    declared = row.declared
    if "silent" in declared:
        return _("no reading for %(time)s") % {"time": length(str(declared["silent"]))}
    return str(declared["when"])


def _link(row: Rule) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("platforms_iot:rule", args=[row.key]), name_of(row))


def _language() -> str:
    return "en" if get_language() == "en" else "zh"


def scene_names() -> dict[str, str]:
    """What scenes are called, by their key."""
    rows = installed_packages(PackageKind.SCENE).values_list("key", "name")
    return {key: name[_language()] for key, name in rows}


class Measures:
    """What people call the measures of types; one query for all."""

    def __init__(self) -> None:
        self._types = {kind.key: kind for kind in ObjectType.objects.all()}

    def name(self, row: Rule) -> str:
        """The type and the measure that a rule looks at."""
        kind = self._types.get(row.type)
        if kind is None:
            return f"{row.type}.{row.measure}"
        measure = kind.measures.get(row.measure, {})
        named = (kind.name_en if _language() == "en" else kind.name) or kind.key
        return f"{named} · {measure.get(_language()) or row.measure}"

    def names(self, row: Rule) -> Names:
        """The names of what its conditions speak of."""
        return Names(self._types.get(row.type))

    def condition(self, row: Rule) -> str:
        """What has to hold, in words."""
        condition = condition_of(row)
        return condition if "silent" in row.declared else self.names(row).condition(condition)


def _columns(scenes: dict[str, str], measures: Measures) -> list[Column[Rule]]:
    events = event_type_names()

    def scene(row: Rule) -> str:
        return scenes.get(row.scene, row.scene)

    def lasts(row: Rule) -> str:
        return length(str(row.declared.get("for", "")))

    def raises(row: Rule) -> str:
        return event_name(row.raises, events)

    return [
        Column("name", pgettext_lazy("rule", "Name"), name_of, _link, ("name",), is_header=True),
        Column("key", gettext_lazy("Key"), lambda row: row.key, sort=("key",)),
        Column("scene", gettext_lazy("Scene"), scene, sort=("scene", "key")),
        Column("on", gettext_lazy("Looks at"), measures.name, sort=("type", "measure")),
        Column("when", gettext_lazy("Holds when"), measures.condition),
        Column("for", gettext_lazy("For how long"), lasts),
        Column("raises", gettext_lazy("Raises"), raises, sort=("raises",)),
        Column("event", gettext_lazy("Type of event"), lambda row: row.raises, is_exported_only=True),
        Column("sql", gettext_lazy("Condition"), condition_of, is_exported_only=True),
        Column("state", gettext_lazy("At work"), state_of, badge_of, ("is_on",)),
        Column("version", gettext_lazy("Version"), lambda row: row.version),
    ]


@require_safe
def rules(request: HttpRequest) -> HttpResponseBase:
    """The list; the same selection as a file."""
    by = acting(request)
    require(by, READ)
    rows = service.rules(by=by)
    named = scene_names()
    keys = rows.order_by("scene").values_list("scene", flat=True).distinct()
    scenes = [(key, named.get(key, key)) for key in keys]
    filters = [
        Filter("state", gettext_lazy("At work"), "is_on", [("True", ON), ("False", OFF)]),
        *([Filter("scene", gettext_lazy("Scene"), "scene", scenes)] if scenes else []),
    ]
    table: Table[Rule] = Table(
        "rules",
        gettext_lazy("Rules"),
        rows,
        _columns(named, Measures()),
        filters,
        ("key", "name", "name_en", "raises"),
    )
    return answer(request, table, "platforms_iot/rules.html", {})


def _trial(request: HttpRequest, row: Rule, form: TrialForm) -> dict[str, Any]:
    """What trying it on history gives, beside what the rule as it stands gives where the form says another;
    a refusal stands at the form."""
    by = acting(request)
    until = timezone.now()
    since = until - timedelta(days=int(form.cleaned_data["days"]))
    declared = form.declared()
    is_changed = declared != row.declared
    try:
        found = service.try_rule(declared if is_changed else row.key, since, until, by=by)
        standing = service.try_rule(row.key, since, until, by=by) if is_changed else None
    except ProblemError as error:
        form.take(error)
        return {}
    first, last = timezone.localtime(since).date(), timezone.localtime(until).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    named = _("Raised, as changed") if standing else _("Raised")
    series = [Series(named, _counted(found, days), kind="bar")]
    if standing:
        series.append(Series(_("Raised, as it stands"), _counted(standing, days), kind="bar"))
    categories = [day.isoformat() for day in days]
    chart = Chart(_("How often it would have been raised"), "", _("Day"), categories, series, from_zero=True)
    first_rows = Rows(_("What it would have raised"), _raised_columns(Measures().names(row)), found.first)
    return {"trial": found, "standing": standing, "chart": chart, "first": first_rows}


def _raised_columns(names: Names) -> list[Column[Any]]:
    """What a rule raised, or would have: of which thing, when, with which values."""

    def thing(one: Any) -> Any:
        if isinstance(one.thing, str):
            return one.thing
        demo = format_html(' <span class="badge">{}</span>', _("Demo")) if one.is_demo else ""
        return format_html("{}{}", one.thing.name or one.thing.code, demo)

    return [
        Column("thing", _("Thing"), thing, is_header=True),
        Column("since", _("Has held since"), lambda one: moment(one.since)),
        Column("raised", _("Raised"), lambda one: moment(one.fired_at)),
        Column("over", _("Over"), lambda one: moment(one.cleared_at)),
        Column("values", _("Values"), lambda one: names.values(one.values)),
    ]


def _counted(trial: service.Trial, days: list[date]) -> list[float | None]:
    return [float(trial.days.get(day, 0)) for day in days]


def _said(row: Rule) -> dict[str, Any]:
    """What the form says of the rule where nobody changes it: an address may name the days alone."""
    form = TrialForm(declared=row.declared)
    return {name: field.initial for name, field in form.fields.items()}


def _page(request: HttpRequest, row: Rule, **more: Any) -> HttpResponse:
    by = acting(request)
    raised, holding = service.standing_of(row, by=by)
    asked = {**_said(row), **request.GET.dict()} if "days" in request.GET else None
    trial_form = TrialForm(asked, declared=row.declared)
    tried = _trial(request, row, trial_form) if trial_form.is_bound and trial_form.is_valid() else {}
    measures = Measures()
    names = measures.names(row)
    context = {
        "row": row,
        "name": name_of(row),
        "state": badge_of(row),
        "condition": measures.condition(row),
        "sql": row.declared.get("when", ""),
        "measure": measures.name(row),
        "lasts": length(str(row.declared.get("for", ""))),
        "clear": names.condition(str(row.declared.get("clear", ""))),
        "clear_sql": row.declared.get("clear", ""),
        "raises": event_name(row.raises),
        "windows": [(key, names.window(facts)) for key, facts in row.declared.get("windows", {}).items()],
        "raised": raised,
        "holding": holding,
        "firings": Rows(
            _("What it raised"),
            [
                *_raised_columns(names),
                Column("version", _("Version"), lambda one: one.version, is_number=True),
            ],
            service.firings_of(row, by=by)[:MOST_FIRINGS],
        ),
        "trial_form": trial_form,
        "switch_form": SwitchForm() if decide(by, MANAGE, row) else None,
        "crumbs": [Link(_("Rules"), reverse("platforms_iot:rules")), Link(name_of(row))],
        **tried,
        **more,
    }
    is_wrong = any(getattr(form, "errors", None) for form in (trial_form, *more.values()))
    return render(request, "platforms_iot/rule.html", context, status=422 if is_wrong else 200)


@require_safe
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """The rule; with ``?days=30`` tried on so many days of history."""
    return _page(request, service.find_rule(key, by=acting(request)))


@require_POST
def switch(request: HttpRequest, key: str) -> HttpResponse:
    """Let it raise events, or none, with a reason."""
    by = acting(request)
    row = service.find_rule(key, by=by)
    form = SwitchForm(request.POST)
    if not form.is_valid():
        return _page(request, row, switch_form=form)
    service.switch_rule(key, is_on=not row.is_on, reason=form.cleaned_data["reason"], by=by)
    messages.success(request, _("The rule was switched."))
    return HttpResponseRedirect(reverse("platforms_iot:rule", args=[key]))
