"""What the forms of a report share, whoever fills them: photographs, place, a key against doubles."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from beichen.hubs.events.intake.pictures import keep_picture
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import city_region
from beichen.web.forms import ProblemForm

REPORT_ASSETS = ("web/css/map.css", "web/js/map.js", "web/js/colours.js", "web/js/report.js")
"""What a page with a report's form loads; without the map's large library the drawn sheet stays."""


class PhotosInput(forms.ClearableFileInput):
    """Several photographs; a phone offers its camera."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/input.html"


class PhotosField(forms.FileField):
    """Several photographs, none of them asked for."""

    def __init__(self, **named: Any) -> None:
        super().__init__(required=False, widget=PhotosInput(attrs={"accept": "image/*"}), **named)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each by itself; empty inputs are none."""
        files = data if isinstance(data, list | tuple) else [data]
        return [file for one in files if one and (file := super(PhotosField, self).clean(one, initial))]


class PlacedForm(ProblemForm):
    """A report with its place; a form of its own adds words and people, and ``photos``.

    ``most`` photographs are kept. A place on the map outweighs the district that was chosen.
    """

    most = 9
    anywhere: Any = "–"
    """What the list of districts says for none of them."""

    region = forms.ChoiceField(label=_("District"), required=False)
    longitude = forms.FloatField(label=_("Longitude"), required=False)
    latitude = forms.FloatField(label=_("Latitude"), required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)

    def __init__(self, *args: Any, **named: Any) -> None:
        named["initial"] = {"key": str(uuid.uuid4()), **named.get("initial", {})}
        super().__init__(*args, **named)
        self.is_english = (get_language() or "").startswith("en")
        self.offer("region", [("", self.anywhere), *((one.code, self._named(one)) for one in districts())])

    def _named(self, region: Region) -> str:
        return (region.name_en or region.name) if self.is_english else region.name

    def offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        """What the field ``name`` chooses from."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices

    def place(self) -> dict[str, Any]:
        """Where it is, as a draft takes it."""
        given = self.cleaned_data
        return {
            "longitude": given["longitude"],
            "latitude": given["latitude"],
            "region": "" if given["longitude"] is not None else given["region"],
            "address": given["address"],
        }

    def pictures(self, *, by: Actor) -> tuple[str, ...]:
        """The codes of the photographs, kept. Raises ProblemError for what is none."""
        photos = self.cleaned_data["photos"][: self.most]
        return tuple(keep_picture(one, one.name or "photo", by=by).code for one in photos)


def districts() -> list[Region]:
    """The city's districts, in the order of their codes."""
    city = city_region()
    return list(Region.objects.filter(parent=city, is_current=True).order_by("code")) if city else []


def is_fetched(request: HttpRequest) -> bool:
    """Whether ``<bc-report>`` sends, which keeps a report on the device if need be."""
    return request.headers.get("X-Requested-With") == "fetch"


def sent_answer(request: HttpRequest, address: str) -> HttpResponse:
    """Where to go on after a report came in, for a browser or for the device that sends what it kept."""
    return JsonResponse({"href": address}) if is_fetched(request) else HttpResponseRedirect(address)
