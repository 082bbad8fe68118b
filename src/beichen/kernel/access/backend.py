"""Whose account it is that signs in: by its name in any case, through an index."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models.functions import Lower

from beichen.kernel.access.models import Account


class AccountBackend(AuthenticationBackend):
    """The library's, which would put every account's name in capitals: a full scan of a city's people."""

    def _authenticate_by_username(self, username: str, password: str) -> AbstractBaseUser | None:
        named = Account.objects.annotate(low=Lower("username")).filter(low=username.lower())
        found = list(named.order_by("pk")[:2])
        account: AbstractBaseUser | None = self._check_password(
            found[0] if len(found) == 1 else None, password
        )
        return account
