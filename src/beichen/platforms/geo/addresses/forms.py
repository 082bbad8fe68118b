"""The forms of the address library: trying a match, correcting, a file to match or to take in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.platforms.geo.addresses.models import Address, Standing
from beichen.platforms.geo.addresses.words import FIELDS
from beichen.platforms.geo.coordinates import Datum
from beichen.web.forms import ProblemForm


class MatchForm(forms.Form):
    """One address as somebody wrote it."""

    text = forms.CharField(
        label=_("Address as it was written"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class CorrectionForm(ProblemForm):
    """What of an address changes, and why."""

    text = forms.CharField(label=FIELDS["text"], max_length=200)
    name = forms.CharField(label=FIELDS["name"], max_length=100, required=False)
    name_en = forms.CharField(label=FIELDS["name_en"], max_length=200, required=False)
    region = forms.CharField(label=FIELDS["region"], max_length=20, required=False)
    longitude = forms.FloatField(label=FIELDS["longitude"])
    latitude = forms.FloatField(label=FIELDS["latitude"])
    standing = forms.ChoiceField(label=FIELDS["standing"], choices=Standing.choices)
    reason = forms.CharField(label=_("Why it is changed"), max_length=200, min_length=2)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def changes(self) -> dict[str, Any]:
        """The fields that differ from what was shown."""
        return {
            name: self.cleaned_data[name] for name in self.changed_data if name not in ("reason", "version")
        }


def correction_of(row: Address, data: Any = None) -> CorrectionForm:
    """The form filled with the address as it is."""
    values = {
        name: getattr(row, name) for name in ("text", "name", "name_en", "longitude", "latitude", "standing")
    }
    region = row.region.code if row.region else ""
    return CorrectionForm(data, initial={**values, "region": region, "version": row.version})


class SheetForm(ProblemForm):
    """A file of addresses to be matched."""

    fallback = "file"
    file = forms.FileField(
        label=_("File of addresses (CSV, XLSX)"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"})
    )
    column = forms.CharField(
        label=_("Heading of the column with addresses"),
        required=False,
        max_length=100,
        help_text=_("Empty: the column called 地址 or address."),
    )


class LibraryForm(ProblemForm):
    """A file that comes into the library."""

    fallback = "sheet"
    sheet = forms.FileField(
        label=_("Standard addresses (CSV, XLSX)"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=_(
            "Headings: 地址, 经度, 纬度; also 编码, 名称, 区划, 道路, 门牌号, 小区, 楼栋, 单元, 户室."
        ),
    )
    source = forms.CharField(label=FIELDS["source"], max_length=200)
    licence = forms.CharField(label=FIELDS["licence"], max_length=60)
    datum = forms.ChoiceField(
        label=pgettext("coordinates", "Datum"),
        choices=[(Datum.WGS84, "WGS 84 / CGCS2000"), (Datum.GCJ02, "GCJ-02"), (Datum.BD09, "BD-09")],
    )

    def field_of(self, name: str) -> str:
        """Mistakes of the file stand beside it."""
        return name if name in self.fields else self.fallback
