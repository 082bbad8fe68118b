"""Forms whose mistakes a service tells: each problem beside the field that it concerns, all at once."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from beichen.problem import ProblemError
from beichen.web.wording import in_words


class ProblemForm(forms.Form):
    """A form that shows what a service refuses; ``fallback`` takes what concerns no field of it."""

    fallback = ""

    def asked_for(self) -> Iterable[str]:
        """Required fields whose absence the service tells, so that all mistakes are told at once."""
        return ()

    def full_clean(self) -> None:
        asked = list(self.asked_for())
        for name in asked:
            self.fields[name].required = False
        super().full_clean()
        for name in asked:
            self.fields[name].required = True

    def field_of(self, name: str) -> str:
        """The field that shows a problem of the service's field ``name``; empty for the whole form."""
        return name if name in self.fields else self.fallback

    def take(self, error: ProblemError) -> None:
        """Every problem beside its field."""
        for problem in error.problems:
            self.add_error(self.field_of(problem.where.field or "") or None, in_words(problem))
