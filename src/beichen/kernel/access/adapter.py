"""How people sign in: accounts are given, not taken, and a stranger cannot lock anybody out."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from beichen.kernel.access import device


class AccountAdapter(DefaultAccountAdapter):
    """Closes self-registration until the citizen door opens with its own checks."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers themselves at the staff's door."""
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What failures are counted by: the name, apart for each device that signed in as it before.

        Never by the request's host, as the library does: whoever sends another port in ``Host`` would
        start to count anew.
        """
        name = str(credentials.get("username", "")).casefold()
        return f"{device.known(request, name)}:{name}"

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **options: Any) -> HttpResponse:
        """After every step of signing in: remember the device."""
        response: HttpResponse = super().post_login(request, user, **options)
        device.remember(request, response, user.get_username().casefold())
        return response
