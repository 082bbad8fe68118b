"""Who the log is: its origin and key, fixed when it begins.

The row in the database says which key is the log's; the private one lies in a file. Where the file is gone
or holds another key, nothing is signed until it is restored: a log that changes its key is another log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from beichen.platforms.ledger import keys
from beichen.platforms.ledger.codes import NO_KEY, NO_SM2
from beichen.platforms.ledger.models import Log
from beichen.problem import Problem, ProblemError, Where, said
from beichen.settings import settings
from beichen_proof import sm2
from beichen_proof.note import OTHER, Signature, Signer, Verifier
from beichen_proof.refusal import RefusedError

KEY, SM2_KEY = "log.key", "log.sm2"


@dataclass(frozen=True, slots=True)
class Signing:
    """The log's private side: Ed25519 always, SM2 beside it where the setting says so."""

    signer: Signer
    sm2_private: str = ""

    def sign(self, text: str) -> list[Signature]:
        """The log's signatures of a checkpoint."""
        signatures = [self.signer.sign(text)]
        if self.sm2_private:
            key = sm2_verifier(self.signer.name, self.sm2_private)
            signatures.append(Signature(key.name, key.id, sm2.sign(self.sm2_private, text.encode())))
        return signatures


def sm2_verifier(name: str, private: str) -> Verifier:
    """The public side of an SM2 key."""
    return Verifier(name, bytes([OTHER]) + sm2.NAME + sm2.public_of(private))


def default_origin() -> str:
    """The log's name where no setting says one: its address without a scheme."""
    parts = urlsplit(settings().public)
    return f"{parts.netloc}{parts.path.rstrip('/')}/tlog"


def log() -> Log | None:
    """The log, or None before its first checkpoint."""
    return Log.objects.filter(pk=1).first()


def signing() -> Signing:
    """What signs checkpoints; the first call begins the log. Raises ProblemError LED-202."""
    row = log()
    if row is None:
        row = _begin()
    signer = _own_signer(row)
    if not settings().ledger_sm2:
        return Signing(signer)
    _require_sm2()
    private = keys.kept_or_made(SM2_KEY, sm2.make_private)
    public = str(sm2_verifier(signer.name, private))
    if row.sm2_key != public:
        Log.objects.filter(pk=1).update(sm2_key=public)
    return Signing(signer, private)


def look() -> Iterator[Problem]:
    """Whether the log's keys are here and are the log's, for `beichen doctor`; begins no log, makes none."""
    row = log()
    try:
        if settings().ledger_sm2:
            _require_sm2()
        if row is None:
            return
        signer = _own_signer(row)
        if row.sm2_key and settings().ledger_sm2:
            private = keys.kept(SM2_KEY)
            if row.sm2_key != str(sm2_verifier(signer.name, private)):
                raise _another(SM2_KEY, row)
    except ProblemError as error:
        yield from error.problems


def _require_sm2() -> None:
    if not sm2.is_there():
        raise ProblemError(Problem(NO_SM2, said("gmssl is not installed"), hint=said("install beichen[sm2]")))


def _own_signer(row: Log) -> Signer:
    """The log's private key. Raises ProblemError LED-202 for one that is gone, or is another log's."""
    signer = _signer(keys.kept(KEY))
    if str(signer.verifier) != row.key:
        raise _another(KEY, row)
    return signer


def _another(file: str, row: Log) -> ProblemError:
    message = said("the key in {file} is not that of the log {origin}", file=file, origin=row.origin)
    hint = said("restore it into BEICHEN_LEDGER_KEYS from a backup")
    return ProblemError(Problem(NO_KEY, message, Where(field=file), hint))


def _begin() -> Log:
    origin = settings().ledger_origin or default_origin()
    signer = _signer(keys.kept_or_made(KEY, lambda: str(Signer.make(origin))))
    row, _is_new = Log.objects.get_or_create(
        pk=1, defaults={"origin": signer.name, "key": str(signer.verifier)}
    )
    return row


def _signer(text: str) -> Signer:
    try:
        return Signer.parse(text)
    except RefusedError as error:
        message = said("the key in {file} cannot be read", file=KEY)
        raise ProblemError(Problem(NO_KEY, message, Where(field=KEY))) from error
