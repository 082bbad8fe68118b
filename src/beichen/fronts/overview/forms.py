"""Forms of those who make screens: a new screen, what is said of one, how widgets stand, one widget."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from beichen.fronts.overview.rights import WRITE
from beichen.fronts.overview.screens import choices
from beichen.fronts.overview.screens.vocabulary import CASES, COLUMNS, LEVELS, NEEDS, PLAN, SIZES, UNFIT
from beichen.kernel.access.service import areas
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import city_region
from beichen.problem import Problem, ProblemError, Where, said, shorten
from beichen.web.forms import ProblemForm

THEMES = [
    ("auto", _("As the reader has it")),
    ("light", _("Light")),
    ("dark", _("Dark")),
]
MOST_ROWS = 12
TEXT_BYTES = 262_144
_ALIKE = {"name": "name_zh", "owner": "body"}  # keys of a declared screen → fields


class WordsForm(ProblemForm):
    """What is said of a screen: names, level, appearance."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    level = forms.ChoiceField(label=_("Level"), choices=[(one, one) for one in LEVELS])
    theme = forms.ChoiceField(label=_("Appearance on a wall"), choices=THEMES)

    def field_of(self, name: str) -> str:
        """The schema's keys as this form calls them."""
        return super().field_of(_ALIKE.get(name, name))

    def words(self) -> dict[str, Any]:
        """As a screen declares them."""
        said = self.cleaned_data
        return {
            "name": {"zh": said["name_zh"], "en": said["name_en"]},
            "level": said["level"],
            "theme": said["theme"],
        }


class NewForm(WordsForm):
    """A new screen: blank, or a copy; who answers for it, and where."""

    key = forms.SlugField(
        label=_("Key"),
        max_length=60,
        required=False,
        help_text=_(
            "The end of its address: lower-case words with hyphens. Made of the English name if empty."
        ),
    )
    body = forms.ChoiceField(label=_("Body that answers for it"), required=False)
    region = forms.ChoiceField(label=_("Region"))

    field_order = ("name_zh", "name_en", "key", "body", "region", "level", "theme")

    def __init__(self, by: Actor, language: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._choose("body", bodies_for(by, language))
        self._choose("region", regions_for(by, language))

    def _choose(self, name: str, pairs: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = pairs

    def declared(self, widgets: list[dict[str, Any]]) -> dict[str, Any]:
        """The screen with these widgets."""
        key = self.cleaned_data["key"] or slugify(self.cleaned_data["name_en"])[:60].strip("-")
        return {"key": key.replace("_", "-").lower(), **self.words(), "widgets": widgets}

    def place(self) -> tuple[Body | None, Region | None]:
        """Who answers for it, and where."""
        return place_of(self.cleaned_data["body"], self.cleaned_data["region"])


class TextForm(ProblemForm):
    """Screens as text."""

    fallback = "text"
    text = forms.CharField(
        label=_("Text of a views.yaml"),
        max_length=TEXT_BYTES,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "is-code"}),
    )
    body = forms.ChoiceField(label=_("Body that answers for it"), required=False)
    region = forms.ChoiceField(label=_("Region"))

    def __init__(self, by: Actor, language: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, pairs in (("body", bodies_for(by, language)), ("region", regions_for(by, language))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
            field.choices = pairs


def place_of(body: str, region: str) -> tuple[Body | None, Region | None]:
    """The body of a key and the region of a code."""
    found = Body.objects.filter(key=body).first() if body else None
    return found, Region.objects.filter(code=region).first()


def bodies_for(by: Actor, language: str) -> list[tuple[str, str]]:
    """The bodies for which the actor may make screens; none at all where that is the whole city."""
    reached = areas(by, WRITE)
    rows = Body.objects.filter(is_current=True)
    found = [
        (str(row.key), str((row.name_en or row.name) if language == "en" else row.name))
        for row in rows
        if any(str(row.path).startswith(area.body_path) for area in reached)
    ]
    is_everywhere = any(not area.body_path for area in reached)
    return [("", str(_("No body: the city"))), *found] if is_everywhere else found


def regions_for(by: Actor, language: str) -> list[tuple[str, str]]:
    """The city and its districts, as far as the actor's posts reach."""
    city = city_region()
    if city is None:
        return []
    rows = [city, *Region.objects.filter(parent=city, is_current=True)]
    reached = areas(by, WRITE)
    return [
        (str(row.code), str((row.name_en or row.name) if language == "en" else row.name))
        for row in rows
        if any(str(row.path).startswith(area.region_path) for area in reached)
    ]


def arranged(posted: Mapping[str, str], widgets: list[dict[str, Any]]) -> list[int]:
    """The order of widgets as posted by ``order-N``; sizes (``width-N``, ``height-N``) are set in place.

    Raises ProblemError OVW-103 for what is no size.
    """
    keys: list[tuple[int, int]] = []
    for number, widget in enumerate(widgets):
        keys.append((_posted(posted, f"order-{number}", number + 1, 1, 10_000), number))
        widget["width"] = _posted(posted, f"width-{number}", widget["width"], 1, COLUMNS)
        widget["height"] = _posted(posted, f"height-{number}", widget["height"], 1, MOST_ROWS)
    return [number for _key, number in sorted(keys)]


def _posted(posted: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = posted.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and low <= int(text) <= high):
        message = said("{text!r} is no number from {low} to {high}", text=text[:20], low=low, high=high)
        raise ProblemError(Problem(UNFIT, shorten(message), Where(field=name)))
    return int(text)


class WidgetForm(ProblemForm):
    """One widget of a kind and a binding: titles, sizes, and what it is bound to from real lists."""

    def __init__(
        self, kind: str, bound: str, *, by: Actor, language: str, now: datetime, data: Any = None,
        widget: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.kind, self.bound = kind, bound
        super().__init__(data, initial=_initial(kind, widget))
        self._given = widget or {}
        names = NEEDS[kind] if kind == "map" else (bound,)
        for name in names:
            self.fields |= _bound_fields(kind, name, by=by, language=language, now=now, given=self._given)
        self.fields |= _common_fields(kind, bound)

    def field_of(self, name: str) -> str:
        """Words of a title or text stand in two fields."""
        return super().field_of({"title": "title_zh", "text": "text_zh"}.get(name, name))

    def clean(self) -> dict[str, Any]:
        """A title stands in both languages or in none."""
        said: dict[str, Any] = super().clean() or {}
        titles = [said.get("title_zh"), said.get("title_en")]
        if any(titles) and not all(titles) and not self.errors:
            self.add_error("title_en" if titles[0] else "title_zh", _("A title stands in both languages."))
        return said

    def widget(self) -> dict[str, Any]:
        """As a screen declares it."""
        said = self.cleaned_data
        found: dict[str, Any] = {"kind": self.kind}
        for name in ("title", "text"):
            if said.get(f"{name}_zh"):
                found[name] = {"zh": said[f"{name}_zh"], "en": said[f"{name}_en"]}
        for name in ("indicator", "cases", "plan", "sql", "question", "things", "layers", "video"):
            if said.get(name):
                found[name] = said[name]
        for name in ("form", "every", "width", "height"):
            if said.get(name):
                found[name] = said[name]
        return found


def _initial(kind: str, widget: dict[str, Any] | None) -> dict[str, Any]:
    wide, high = SIZES[kind]
    if widget is None:
        return {"width": wide, "height": high}
    found = {"width": wide, "height": high, **widget}
    for name in ("title", "text"):
        for language in ("zh", "en"):
            found[f"{name}_{language}"] = widget.get(name, {}).get(language, "")
    return found


def _bound_fields(
    kind: str, name: str, *, by: Actor, language: str, now: datetime, given: dict[str, Any]
) -> dict[str, forms.Field]:
    is_needed = kind != "map"
    if name in ("cases", "plan"):
        words, known = (choices.CASES, CASES) if name == "cases" else (choices.PLAN, PLAN)
        pairs = [(one, words[one]) for one in known[kind]]
        label = _("Which cases") if name == "cases" else _("What of the plan")
        return {name: forms.ChoiceField(label=label, choices=pairs)}
    if name == "sql":
        return {"sql": _sql_field()}
    if name == "text":
        area = forms.Textarea(attrs={"rows": 4})
        return {
            "text_zh": forms.CharField(label=_("Text in Chinese"), max_length=2000, widget=area),
            "text_en": forms.CharField(label=_("Text in English"), max_length=2000, widget=area),
        }
    labels = {
        "indicator": _("Indicator"),
        "question": _("Kept question"),
        "things": _("Things"),
        "layers": _("Layers"),
        "video": _("Source of video"),
    }
    if name not in labels:
        return {}
    known_pairs = choices.choices_of(name, by=by, language=language, now=now)
    stood = given.get(name, [])
    stood = [stood] if isinstance(stood, str) else stood
    known_pairs += [(one, one) for one in stood if one not in dict(known_pairs)]
    if name in ("things", "layers"):
        field: forms.Field = forms.MultipleChoiceField(
            label=labels[name],
            choices=known_pairs,
            required=is_needed,
            widget=forms.SelectMultiple(attrs={"size": min(8, max(3, len(known_pairs)))}),
        )
        return {name: field}
    offered = known_pairs if is_needed else [("", "–"), *known_pairs]
    return {name: forms.ChoiceField(label=labels[name], choices=offered, required=is_needed)}


def _sql_field() -> forms.Field:
    return forms.CharField(
        label=_("Question in SQL"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "is-code"}),
        help_text=_(
            "Asked with the rights of whoever looks. Columns “region” and “day” are narrowed with the screen."
        ),
    )


def _common_fields(kind: str, bound: str) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {
        "title_zh": forms.CharField(label=_("Title in Chinese"), max_length=60, required=False),
        "title_en": forms.CharField(label=_("Title in English"), max_length=100, required=False),
    }
    if kind == "chart":
        drawn = [("", _("As is usual for it")), *choices.FORMS.items()]
        found["form"] = forms.ChoiceField(label=_("Form"), choices=drawn, required=False)
    if bound == "indicator" or kind == "map":
        pairs = [("", _("As it is told")), *choices.EVERY.items()]
        found["every"] = forms.ChoiceField(label=_("Length of period"), choices=pairs, required=False)
    found["width"] = forms.IntegerField(label=_("Columns of twelve"), min_value=1, max_value=COLUMNS)
    found["height"] = forms.IntegerField(label=_("Rows"), min_value=1, max_value=MOST_ROWS)
    return found
