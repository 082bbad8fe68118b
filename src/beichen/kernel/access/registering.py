"""People register themselves: an address that a code confirms, then a name and a password.

Nobody learns who has an account. Asking for a code answers alike for every address; only who can read the
code is told whether the address belongs to an account, and may then choose a new password for it. Codes are
six digits, good for ten minutes and five tries, five an hour and ten a day for an address.

How codes travel is not the kernel's: a room registers a sender with :func:`send_codes_by`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import phonenumbers
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from beichen.kernel.access.identity import AccountContact, ContactCode, ContactKind
from beichen.kernel.access.models import Account
from beichen.kernel.access.rates import TOO_OFTEN
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import random_code
from beichen.kernel.org.service import city_region, register_person
from beichen.problem import Problem, ProblemError, Where, code, said, shorten
from beichen.settings import settings

CLOSED = code("ACC-306", "People cannot register themselves here.", status=403)
BAD_CONTACT = code("ACC-307", "This is neither a mobile number nor an e-mail address.", status=422)
BAD_CODE = code("ACC-308", "The code is wrong, too old, or was used.", status=422)
BAD_PASSWORD = code("ACC-309", "The password cannot be taken.", status=422)
NO_WAY = code("ACC-310", "Codes cannot be sent this way here.", status=503)
BAD_NAME = code("ACC-311", "The name cannot be taken.", status=422)
COUNTRY = "CN"  # of a number that is written without one
GOOD_FOR = timedelta(minutes=10)
KEPT_FOR = timedelta(days=1)
MOST_TRIES = 5
MOST_AN_HOUR = 5
MOST_A_DAY = 10
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Sending:
    """A code and where it goes; ``language`` is ``zh`` or ``en``, ``handle`` names the act."""

    kind: ContactKind
    address: str
    code: str
    language: str
    handle: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """An address whose code was entered. ``account`` is the one that it belongs to, None for a new one."""

    handle: str
    kind: ContactKind
    address: str
    account: Account | None


Sender = Callable[[Sending, Actor], bool]
_senders: list[Sender] = []


def send_codes_by(sender: Sender) -> None:
    """Let ``sender`` carry codes; it says False where that kind of address cannot be reached here."""
    _senders[:] = [sender]


def contact_of(text: str) -> tuple[ContactKind, str]:
    """The kind of an address and how it is kept. Raises ProblemError ACC-307."""
    written = text.strip()
    if "@" in written and written.isascii():
        try:
            validate_email(written)
        except ValidationError:
            raise ProblemError(_bad_contact()) from None
        if len(written) <= 254:
            return ContactKind.MAIL, written.lower()
    try:
        number = phonenumbers.parse(written[:40], COUNTRY)
    except phonenumbers.NumberParseException:
        raise ProblemError(_bad_contact()) from None
    if not phonenumbers.is_valid_number(number):
        raise ProblemError(_bad_contact())
    return ContactKind.PHONE, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _bad_contact() -> Problem:
    hint = said("such as 13800138000 or name@example.cn")
    return Problem(BAD_CONTACT, said("this cannot be an address"), Where(field="contact"), hint)


def _digest(handle: str, typed: str) -> str:
    """What is kept of a code: six digits are few, so that it needs the house's secret to be tried."""
    return hmac.new(settings().secret_key.encode(), f"{handle}:{typed}".encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def ask_code(text: str, *, by: Actor, language: str = "zh") -> Sending:
    """Send a code to an address; the answer, and what it costs, are the same whoever has it.

    Raises ProblemError ACC-307, 310, and ACC-429 when the address was asked for too often.
    """
    kind, address = contact_of(text)
    now = timezone.now()
    _refuse_flood(address, now)
    handle, typed = secrets.token_urlsafe(32), "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    ContactCode.objects.create(
        handle=handle, kind=kind, address=address, digest=_digest(handle, typed), created_at=now
    )
    audit.record(by, "access.contact.ask", "kernel_access.contactcode", detail={"kind": kind.value})
    sending = Sending(kind, address, typed, language, handle)
    if not any(sender(sending, by) for sender in _senders):
        hint = said("try the other kind of address, or ask a window")
        raise ProblemError(Problem(NO_WAY, said("nothing is set up to send it"), hint=hint))
    return sending


def _refuse_flood(address: str, now: datetime) -> None:
    asked = ContactCode.objects.filter(address=address)
    for most, span in ((MOST_AN_HOUR, timedelta(hours=1)), (MOST_A_DAY, KEPT_FOR)):
        if asked.filter(created_at__gt=now - span).count() >= most:
            hint = said("use the code that was sent, or try again later")
            raise ProblemError(Problem(TOO_OFTEN, said("too many codes were asked for"), hint=hint))


def confirm_code(handle: str, typed: str, *, by: Actor) -> Confirmed:
    """The address whose code this is. Raises ProblemError ACC-308, alike for every reason."""
    with transaction.atomic():
        row = ContactCode.objects.select_for_update().filter(handle=handle).first()
        is_open = row is not None and row.used_at is None and row.created_at > timezone.now() - GOOD_FOR
        if row is not None and is_open and row.tries < MOST_TRIES:
            row.tries += 1
            is_right = hmac.compare_digest(row.digest, _digest(handle, typed.strip()))
            row.confirmed_at = timezone.now() if is_right else row.confirmed_at
            row.save(update_fields=["tries", "confirmed_at"])
            audit.record(
                by, "access.contact.confirm", "kernel_access.contactcode", detail={"is_right": is_right}
            )
            if is_right:
                return _confirmed(row)
    raise ProblemError(_bad_code())


def confirmed(handle: str) -> Confirmed:
    """The address of a handle whose code was entered, not used yet. Raises ProblemError ACC-308."""
    rows = ContactCode.objects.filter(
        handle=handle, used_at=None, created_at__gt=timezone.now() - GOOD_FOR * 3
    )
    row = rows.exclude(confirmed_at=None).first()
    if row is None:
        raise ProblemError(_bad_code())
    return _confirmed(row)


def _confirmed(row: ContactCode) -> Confirmed:
    owner = AccountContact.objects.select_related("account__person").filter(address=row.address).first()
    return Confirmed(row.handle, ContactKind(row.kind), row.address, owner.account if owner else None)


def _bad_code() -> Problem:
    hint = said("enter it again, or ask for a new one")
    return Problem(BAD_CODE, said("this code does not open anything"), Where(field="code"), hint)


def _take(handle: str) -> Confirmed:
    """Use up a confirmed address; twice is once. Raises ProblemError ACC-308."""
    found = confirmed(handle)
    if not ContactCode.objects.filter(handle=handle, used_at=None).update(used_at=timezone.now()):
        raise ProblemError(_bad_code())
    return found


def require_open() -> None:
    """Raises ProblemError ACC-306 where people may not open accounts of their own."""
    if not settings().registration:
        hint = said("a window opens an account for you")
        raise ProblemError(Problem(CLOSED, said("registration is closed"), hint=hint))


def _check_password(password: str, account: Account | None) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        problems = [Problem(BAD_PASSWORD, shorten(text), Where(field="password")) for text in error.messages]
        raise ProblemError(*problems) from None


@transaction.atomic
def register_account(handle: str, name: str, password: str, *, by: Actor) -> Account:
    """An account for a confirmed address, and the person whose it is, by the name that they state.

    Raises ProblemError ACC-306, 308, 309, 311.
    """
    require_open()
    stated = " ".join(name.split())
    if not 1 < len(stated) <= 50 or not stated.isprintable():
        raise ProblemError(Problem(BAD_NAME, said("a name has 2 to 50 characters"), Where(field="name")))
    _check_password(password, Account(username=stated))
    found = _take(handle)
    if found.account is not None:
        raise ProblemError(_bad_code())
    is_phone = found.kind == ContactKind.PHONE
    person = register_person(
        stated,
        by=by,
        phone=found.address if is_phone else "",
        email="" if is_phone else found.address,
        region=city_region(),
    )
    username = f"c{random_code()[:11].lower()}"  # says nothing; people sign in with their address
    account = Account.objects.create_user(username, password=password, person=person)
    try:
        with transaction.atomic():
            AccountContact.objects.create(account=account, kind=found.kind, address=found.address)
    except IntegrityError:  # two registered with the same address at once
        raise ProblemError(_bad_code()) from None
    audit.record(by, "access.account.register", f"kernel_access.account:{username}", subject=person.code)
    return account


@transaction.atomic
def recover_account(handle: str, password: str, *, by: Actor) -> Account:
    """A new password for the account of a confirmed address; a second step stays. Raises ACC-308, 309."""
    known = confirmed(handle).account
    if known is None or not known.is_active:
        raise ProblemError(_bad_code())
    _check_password(password, known)
    _take(handle)
    known.set_password(password)
    known.save(update_fields=["password"])
    subject = known.person.code if known.person else ""
    audit.record(by, "access.password.reset", f"kernel_access.account:{known.username}", subject=subject)
    return known


def username_of(typed: str) -> str:
    """The account's name behind an address that somebody signs in with; what was typed otherwise."""
    try:
        _kind, address = contact_of(typed)
    except ProblemError:
        return typed
    owner = AccountContact.objects.select_related("account").filter(address=address).first()
    return str(owner.account.username) if owner else typed


@transaction.atomic
def forget_codes(*, by: Actor) -> int:
    """Delete the codes of yesterday and before; returns how many."""
    number, _rows = ContactCode.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    if number:
        audit.record(by, "access.contact.forget", "kernel_access.contactcode", detail={"codes": number})
    return number


def masked(kind: str, address: str) -> str:
    """An address as its owner knows it and nobody else can use it: ``+86138****8000``, ``a***@x.cn``."""
    if kind == ContactKind.MAIL:
        name, _at, host = address.rpartition("@")
        return f"{name[:1]}***@{host}"
    return f"{address[:-8]}****{address[-4:]}"
