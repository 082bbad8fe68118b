"""What the provider keeps: systems that people sign in to, consents, sign-ins, tokens, keys.

No secret stands here in the clear: of tokens, codes and clients' secrets a SHA-256 is kept (they are long and
random), of a signing key what Fernet made of it with a key that comes from ``BEICHEN_SECRET_KEY``.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Body

APP = "kernel_access"


class SigningKey(models.Model):
    """A key that signs what the provider says of people. The newest signs; old ones are still published."""

    kid = models.CharField(max_length=64, unique=True)
    public = models.JSONField()  # a JWK (RFC 7517)
    private = models.TextField()  # the JWK with its private part, encrypted
    made_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)  # when it leaves the published set; None for the one that signs

    class Meta:
        app_label = APP
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.kid


class RelyingParty(models.Model):
    """A system to which people sign in through this house (RFC 6749: a client).

    ``key`` is its ``client_id``. ``redirect_uris`` and ``logout_uris`` are compared letter by letter.
    """

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=300)
    purpose_en = models.CharField(max_length=300, blank=True)
    body = models.ForeignKey(Body, models.PROTECT, related_name="relying_parties")
    is_public = models.BooleanField(default=False)  # keeps no secret: an app, a page in a browser
    fingerprint = models.CharField(max_length=64, blank=True)
    redirect_uris = models.JSONField(default=list)
    logout_uris = models.JSONField(default=list)
    backchannel_uri = models.CharField(max_length=500, blank=True)
    scopes = models.JSONField(default=list)
    needs_two_steps = models.BooleanField(default=False)
    needs_identity = models.CharField(max_length=12, blank=True)  # the least level of :mod:`.assurance`
    is_trusted = models.BooleanField(default=False)  # the city's own: not asked for what is at most L2
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    ACCESS: ClassVar = ScopeFields(region="body__region__path", body="body__path")

    class Meta:
        app_label = APP
        ordering: ClassVar = ["key"]
        verbose_name_plural = "relying parties"

    def __str__(self) -> str:
        return self.key


class Pseudonym(models.Model):
    """What one party calls one person: random, so that two parties cannot compare (a pairwise ``sub``).

    ``code`` is the person's code, or ``account:NUMBER`` for an account without a person.
    """

    party = models.ForeignKey(RelyingParty, models.CASCADE, related_name="pseudonyms")
    code = models.CharField(max_length=80)
    subject = models.CharField(max_length=43, unique=True)

    class Meta:
        app_label = APP
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["party", "code"], name="pseudonym_once")]
        indexes: ClassVar = [models.Index(fields=["code"], name="pseudonym_code")]

    def __str__(self) -> str:
        return self.subject


class Consent(models.Model):
    """What a person allowed a party to be told, until they withdraw it; what was before is in the audit.

    ``left_out`` was asked for and not allowed: nobody is asked for it again unless the party insists.
    """

    party = models.ForeignKey(RelyingParty, models.CASCADE, related_name="consents")
    account = models.ForeignKey("kernel_access.Account", models.CASCADE, related_name="consents")
    scopes = models.JSONField(default=list)
    left_out = models.JSONField(default=list)
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        app_label = APP
        ordering: ClassVar = ["-given_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["party", "account"], name="consent_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.party_id}"


class SignOn(models.Model):
    """One sign-in of a person to a party, from its code to its last token: ended, all of it is worth nothing.

    ``session`` is a SHA-256 of the browser's session, empty for what outlives it (a device's); ``sid`` is
    what the party knows it by. ``acting_for`` is the code of the one who is represented, or empty.
    """

    party = models.ForeignKey(RelyingParty, models.CASCADE, related_name="sign_ons")
    account = models.ForeignKey("kernel_access.Account", models.CASCADE, related_name="sign_ons")
    subject = models.CharField(max_length=43)
    session = models.CharField(max_length=64, blank=True)
    sid = models.CharField(max_length=43, unique=True)
    scopes = models.JSONField(default=list)
    claims = models.JSONField(default=dict)  # the claims parameter of the request (OpenID Connect Core 5.5)
    acting_for = models.CharField(max_length=64, blank=True)
    acr = models.CharField(max_length=60)
    amr = models.JSONField(default=list)
    auth_time = models.BigIntegerField()  # seconds since 1970
    nonce = models.CharField(max_length=500, blank=True)
    code_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - unique where it is
    code_until = models.DateTimeField(null=True)
    code_used_at = models.DateTimeField(null=True)
    redirect_uri = models.CharField(max_length=2000, blank=True)
    challenge = models.CharField(max_length=128, blank=True)  # PKCE, S256
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=20, blank=True)

    class Meta:
        app_label = APP
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["session"],
                name="signon_session",
                condition=models.Q(ended_at=None) & ~models.Q(session=""),
            ),
            models.Index(fields=["account", "party"], name="signon_person"),
            models.Index(fields=["began_at"], name="signon_age"),
        ]

    def __str__(self) -> str:
        return self.sid


class TokenKind(models.TextChoices):
    """What a token opens."""

    ACCESS = "access", "access"
    REFRESH = "refresh", "refresh"


class Token(models.Model):
    """A bearer token: of a sign-on, or of a client that acts for itself (then ``client`` is set)."""

    hash = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=TokenKind)
    sign_on = models.ForeignKey(SignOn, models.CASCADE, null=True, related_name="tokens")
    client = models.ForeignKey("kernel_access.Client", models.CASCADE, null=True, related_name="tokens")
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)  # a refresh token that was exchanged for the next
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        app_label = APP
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["until"], name="token_until")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class DeviceRequest(models.Model):
    """A device without a keyboard that waits for somebody to allow it (RFC 8628)."""

    party = models.ForeignKey(RelyingParty, models.CASCADE, related_name="device_requests")
    device_hash = models.CharField(max_length=64, unique=True)
    user_code = models.CharField(max_length=8, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    polled_at = models.DateTimeField(null=True)
    interval = models.PositiveSmallIntegerField(default=5)  # seconds
    sign_on = models.OneToOneField(SignOn, models.CASCADE, null=True, related_name="device_request")
    refused_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        app_label = APP
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["until"], name="device_until")]

    def __str__(self) -> str:
        return self.user_code


class LogoutNotice(models.Model):
    """A party that is to be told that a sign-in ended (OpenID Connect Back-Channel Logout 1.0)."""

    sign_on = models.OneToOneField(SignOn, models.CASCADE, related_name="logout_notice")
    made_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(null=True, default=timezone.now)  # None: told, or given up
    attempts = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = APP
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="logout_due", condition=models.Q(next_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class UpstreamIdentity(models.Model):
    """An account of the city's own identity provider, and the account here that it signs in to."""

    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    account = models.ForeignKey("kernel_access.Account", models.CASCADE, related_name="identities")
    linked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = APP
        ordering: ClassVar = ["id"]
        verbose_name_plural = "upstream identities"
        constraints: ClassVar = [models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once")]

    def __str__(self) -> str:
        return f"{self.issuer} {self.subject}"
