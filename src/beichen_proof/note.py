"""Signed notes (C2SP signed-note): text, an empty line, signatures of keys with names.

Keys are written as the field writes them: a verifier key `NAME+HASH+KEY`, a signer key
`PRIVATE+KEY+NAME+HASH+KEY`. Three kinds of signature: Ed25519 (1), a witness's cosignature with its time
(4, C2SP tlog-cosignature), and SM2 with SM3 (255, named `beichen.sm2/v1`, GB/T 32918) where gmssl is
installed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from beichen_proof import sm2
from beichen_proof.refusal import Reason, RefusedError

ED25519, COSIGNATURE, OTHER = 1, 4, 255
LONGEST, MOST_SIGNATURES = 64 << 10, 64
PRIVATE = "PRIVATE+KEY+"
_NAME = re.compile(r"[^\s+]{1,200}\Z")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def decoded(text: str) -> bytes:
    """Standard base64, strictly. Raises RefusedError."""
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise RefusedError(Reason.MALFORMED, f"{text[:20]!r} is no base64") from None


def encoded(content: bytes) -> str:
    """Standard base64 with its padding."""
    return base64.b64encode(content).decode()


def key_id(name: str, key: bytes) -> bytes:
    """The four bytes by which a signature says whose it is; ``key`` begins with its kind."""
    return hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]


@dataclass(frozen=True, slots=True)
class Signature:
    """One line of a note's end."""

    name: str
    id: bytes
    content: bytes

    def line(self) -> str:
        """As it stands in a note."""
        return f"— {self.name} {encoded(self.id + self.content)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a line feed, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def with_(self, *more: Signature) -> Note:
        """The same with more signatures; one of a key that signed already takes its place."""
        fresh = {(one.name, one.id) for one in more}
        kept = [one for one in self.signatures if (one.name, one.id) not in fresh]
        return Note(self.text, (*kept, *more))

    def __str__(self) -> str:
        return self.text + "\n" + "".join(one.line() for one in self.signatures)


def parse_note(content: bytes | str) -> Note:
    """A note out of its bytes. Raises RefusedError for what is none."""
    if len(content) > LONGEST:
        raise RefusedError(Reason.MALFORMED, f"a note of more than {LONGEST} bytes")
    try:
        whole = content.decode() if isinstance(content, bytes) else content
    except UnicodeDecodeError:
        raise RefusedError(Reason.MALFORMED, "the note is no UTF-8") from None
    text, gap, end = whole.rpartition("\n\n")
    lines = end.splitlines()
    if not gap or not end.endswith("\n") or _CONTROL.search(whole) or not 0 < len(lines) <= MOST_SIGNATURES:
        raise RefusedError(Reason.MALFORMED, "no signed note: a text, an empty line, signatures")
    return Note(f"{text}\n", tuple(parse_signature(line) for line in lines))


def parse_signature(line: str) -> Signature:
    """A signature's line. Raises RefusedError."""
    dash, _, rest = line.partition(" ")
    name, _, code = rest.partition(" ")
    content = decoded(code)
    if dash != "—" or not _NAME.match(name) or len(content) < 5:
        raise RefusedError(Reason.MALFORMED, "a line of signatures is none")
    return Signature(name, content[:4], content[4:])


@dataclass(frozen=True, slots=True)
class Verifier:
    """A name and a public key; ``key`` begins with its kind."""

    name: str
    key: bytes

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Out of `NAME+HASH+KEY`. Raises RefusedError."""
        name, _, rest = text.strip().partition("+")
        hash_, _, code = rest.partition("+")
        key = decoded(code)
        sizes = {ED25519: 33, COSIGNATURE: 33, OTHER: 1 + len(sm2.NAME) + sm2.POINT_BYTES}
        is_known = bool(key) and sizes.get(key[0]) == len(key)
        if is_known and key[0] == OTHER:
            is_known = key[1:].startswith(sm2.NAME)
        if not is_known or not _NAME.match(name) or hash_ != key_id(name, key).hex():
            raise RefusedError(Reason.MALFORMED, f"{text[:40]!r} is no verifier key")
        return cls(name, key)

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encoded(self.key)}"

    @property
    def id(self) -> bytes:
        """The four bytes that signatures of this key carry."""
        return key_id(self.name, self.key)

    @property
    def is_witness(self) -> bool:
        """Whether its signatures are cosignatures, with a time."""
        return self.key[0] == COSIGNATURE

    def find(self, note: Note) -> Signature | None:
        """This key's signature of the note, not yet checked."""
        return next((one for one in note.signatures if (one.name, one.id) == (self.name, self.id)), None)

    def check(self, note: Note) -> int:
        """Raises RefusedError unless the note has a sound signature of this key; returns a cosignature's
        time, else 0."""
        signature = self.find(note)
        if signature is None:
            raise RefusedError(Reason.FORGED, f"{self.name} has not signed")
        moment, content, message = 0, signature.content, note.text.encode()
        if self.is_witness:
            if len(content) != 72:
                raise RefusedError(Reason.FORGED, f"no cosignature of {self.name}")
            moment, content = int.from_bytes(content[:8], "big"), content[8:]
            message = cosigned_text(note.text, moment)
        if not self._is_sound(content, message):
            raise RefusedError(Reason.FORGED, f"the signature of {self.name} does not fit")
        return moment

    def _is_sound(self, signature: bytes, message: bytes) -> bool:
        if self.key[0] == OTHER:
            return sm2.is_sound(self.key[1 + len(sm2.NAME) :], signature, message)
        try:
            Ed25519PublicKey.from_public_bytes(self.key[1:]).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def cosigned_text(text: str, moment: int) -> bytes:
    """What a witness signs: the checkpoint's text after a header and the time (tlog-cosignature)."""
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


@dataclass(frozen=True, slots=True)
class Signer:
    """A name and an Ed25519 private key that signs notes (kind 1) or cosigns them (kind 4)."""

    name: str
    kind: int
    seed: bytes

    @classmethod
    def make(cls, name: str, kind: int = ED25519) -> Signer:
        """With a new key. Raises ValueError for a name that a note cannot carry."""
        if not _NAME.match(name):
            raise ValueError(f"{name!r} is no name of a key: no spaces, no plus")
        return cls(name, kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Signer:
        """Out of `PRIVATE+KEY+NAME+HASH+KEY`. Raises RefusedError, which does not say the key."""
        stripped = text.strip()
        name, _, rest = stripped.removeprefix(PRIVATE).partition("+")
        hash_, _, code = rest.partition("+")
        try:
            key = decoded(code)
        except RefusedError:
            key = b""
        if not stripped.startswith(PRIVATE) or len(key) != 33 or key[0] not in (ED25519, COSIGNATURE):
            raise RefusedError(Reason.MALFORMED, "no signer key")
        signer = cls(name, key[0], key[1:])
        if not _NAME.match(name) or signer.verifier.id.hex() != hash_:
            raise RefusedError(Reason.MALFORMED, "a signer key with another hash")
        return signer

    def __str__(self) -> str:
        return f"{PRIVATE}{self.name}+{self.verifier.id.hex()}+{encoded(bytes([self.kind]) + self.seed)}"

    def __repr__(self) -> str:
        return f"Signer({self.name})"

    @property
    def verifier(self) -> Verifier:
        """The public side."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return Verifier(self.name, bytes([self.kind]) + public)

    def sign(self, text: str, moment: int = 0) -> Signature:
        """A signature of the text; a witness says the ``moment``, in seconds since 1970."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        if self.kind == COSIGNATURE:
            content = moment.to_bytes(8, "big") + key.sign(cosigned_text(text, moment))
        else:
            content = key.sign(text.encode())
        return Signature(self.name, self.verifier.id, content)
