"""How people sign in: with a name or an address of their own; a stranger cannot lock anybody out."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from beichen.kernel.access import device
from beichen.kernel.access.registering import username_of


class AccountAdapter(DefaultAccountAdapter):
    """Closes the library's own registration: citizens register at the door, with a confirmed address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers without a code: see :mod:`beichen.kernel.access.registering`."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """A number or an e-mail address stands for the account's name: failures count as that name's."""
        named = {**credentials, "username": username_of(str(credentials.get("username", ""))[:254])}
        account: AbstractBaseUser | None = super().authenticate(request, **named)
        return account

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
