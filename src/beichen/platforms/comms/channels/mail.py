"""E-mail by SMTP (BEICHEN_SMTP_URL): plain text and HTML, under the same Message-ID in every attempt.

RFC 5322, 3.6.4: a server that gets a message twice tells by its Message-ID.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formataddr
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.template.loader import render_to_string
from django.utils import translation

from beichen.kernel.org.service import city_name
from beichen.platforms.comms.channels.channel import (
    AwayError,
    Outcome,
    Parcel,
    RefusedError,
    Send,
    TroubleError,
)
from beichen.settings import settings

TIMEOUT_SECONDS = 10
_PERMANENT, _CLOSING = 500, 421


def _backend() -> EmailBackend:
    place = urlsplit(settings().smtp_url)
    is_tls = place.scheme == "smtps"
    return EmailBackend(
        host=place.hostname or "localhost",
        port=place.port or (465 if is_tls else 25),
        username=unquote(place.username or ""),
        password=unquote(place.password or ""),
        use_ssl=is_tls,
        use_tls="starttls" in parse_qs(place.query, keep_blank_values=True),
        timeout=TIMEOUT_SECONDS,
    )


def _letter(parcel: Parcel, backend: EmailBackend) -> EmailMultiAlternatives:
    host = settings().mail_host
    plain = f"{parcel.text}\n\n{parcel.link}\n" if parcel.link else f"{parcel.text}\n"
    with translation.override("en" if parcel.language == "en" else "zh-hans"):
        city = city_name(english=parcel.language == "en")
        page = render_to_string("platforms_comms/mail.html", {"parcel": parcel, "city": city})
    letter = EmailMultiAlternatives(
        subject=parcel.subject,
        body=plain,
        from_email=formataddr((city or "Beichen", settings().mail_sender)),
        to=[formataddr((parcel.name, parcel.address)) if parcel.name else parcel.address],
        headers={"Message-ID": f"<{parcel.number}@{host}>", "Auto-Submitted": "auto-generated"},
        connection=backend,
    )
    letter.attach_alternative(page, "text/html")
    return letter


def _failure(error: smtplib.SMTPException) -> Exception:
    """What an answer of the server means for this parcel, or for all (RFC 5321, 4.2.1)."""
    status: int
    words: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        status, words = next(iter(error.recipients.values()), (_PERMANENT, b""))
    elif isinstance(error, smtplib.SMTPResponseException):
        status, words = error.smtp_code, error.smtp_error
    else:
        return AwayError(str(error))
    text = f"{status} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
    if status == _CLOSING:
        return AwayError(text)
    return RefusedError(text) if status >= _PERMANENT else TroubleError(text)


class Mail:
    """The mail server that the settings name."""

    def is_set_up(self) -> bool:
        """Whether a server is named."""
        return bool(settings().smtp_url)

    @contextmanager
    def open(self) -> Iterator[Send]:
        """One connection for many letters."""
        backend = _backend()
        try:
            backend.open()
        except (OSError, smtplib.SMTPException) as error:
            raise AwayError(str(error)) from error

        def send(parcel: Parcel) -> Outcome:
            letter = _letter(parcel, backend)
            try:
                letter.send()
            except smtplib.SMTPException as error:
                raise _failure(error) from error
            except OSError as error:
                raise AwayError(str(error)) from error
            return Outcome()

        try:
            yield send
        finally:
            backend.close()


CHANNEL = Mail()
