"""How people sign in: accounts are given, not taken."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closes self-registration until the citizen door opens with its own checks."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers themselves at the staff's door."""
        return False
