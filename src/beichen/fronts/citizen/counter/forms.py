"""Forms of the window: whom to find, which paper was shown, who acts for whom."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.web.forms import ProblemForm

DAY, ISO = {"type": "date"}, "%Y-%m-%d"  # what browsers write and read
PAPERS = (
    ("居民身份证", _("Resident identity card")),
    ("居住证", _("Residence permit")),
    ("护照", _("Passport")),
    ("港澳台居民居住证", _("Residence permit of residents of Hong Kong, Macao and Taiwan")),
    ("外国人永久居留身份证", _("Permanent residence card of foreigners")),
)
FIRM_PAPERS = (("营业执照", _("Business licence")), ("法人登记证书", _("Certificate of registration")))
CHILD_PAPERS = (
    ("户口簿", _("Household register")),
    ("出生医学证明", _("Birth certificate")),
    ("监护证明", _("Proof of guardianship")),
)


class FindForm(ProblemForm):
    """A person by their code, or by an address that they confirmed."""

    fallback = "who"
    who = forms.CharField(
        label=_("Code of the person, mobile number or e-mail address"),
        max_length=254,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class CheckForm(ProblemForm):
    """Which paper was shown; of its number the last four characters are kept, to find it again."""

    fallback = "paper"
    paper = forms.ChoiceField(label=_("Paper that was shown"), choices=PAPERS)
    last = forms.RegexField(r"^[0-9A-Za-z]{4}\Z", label=_("Last four characters of its number"), max_length=4)
    name = forms.CharField(label=_("Name as the paper says it"), max_length=50)
    seen = forms.BooleanField(label=_("I have compared the person and the paper"))

    def field_of(self, name: str) -> str:
        return "last" if name == "evidence" else super().field_of(name)


class HeadForm(ProblemForm):
    """The firm whose legal representative the person is."""

    fallback = "firm"
    firm = forms.CharField(
        label=_("Unified social credit code, or the code of the registry"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    firm_name = forms.CharField(
        label=_("Name of the firm"),
        max_length=200,
        required=False,
        help_text=_("Needed where the registry does not know the firm."),
    )
    evidence = forms.ChoiceField(label=_("Paper that was shown"), choices=FIRM_PAPERS)


class ParentForm(ProblemForm):
    """The child whose parent or guardian the person is."""

    fallback = "child"
    child = forms.CharField(
        label=_("Code of the child"),
        max_length=20,
        required=False,
        help_text=_("Left empty for a child who is not known here yet."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    child_name = forms.CharField(label=_("Name of the child"), max_length=50)
    until = forms.DateField(label=_("Eighteenth birthday"), widget=forms.DateInput(DAY, ISO))
    evidence = forms.ChoiceField(label=_("Paper that was shown"), choices=CHILD_PAPERS)
