"""An exported proof: what was sealed, that the log holds it, and who stands for the log.

A bundle is a JSON document. ``entry`` is the text that the log holds: what kind of thing was sealed, when,
and a commitment, so that a public log tells nothing of it. ``opening`` opens the commitment: its SHA-256,
over the canonical JSON of the opening, stands in the entry. ``proof`` is a C2SP tlog-proof: index,
inclusion path, signed checkpoint.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from beichen_proof.checkpoint import Checkpoint
from beichen_proof.merkle import HASH_BYTES, check_inclusion, leaf_hash
from beichen_proof.note import decoded, encoded
from beichen_proof.policy import Policy
from beichen_proof.refusal import Reason, RefusedError

FORMAT = "beichen-proof/1"
HEADER = "c2sp.org/tlog-proof@v1"
CERTIFICATE = "certificate"
LONGEST = 256 << 10


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the same bytes for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def commitment(opening: dict[str, str]) -> str:
    """What an entry says of its opening, in hexadecimal."""
    return hashlib.sha256(canonical(opening)).hexdigest()


def proof_text(index: int, path: list[bytes], checkpoint: str) -> str:
    """A C2SP tlog-proof."""
    return "".join([f"{HEADER}\nindex {index}\n", *(f"{encoded(one)}\n" for one in path), "\n", checkpoint])


def parse_proof(text: str) -> tuple[int, list[bytes], str]:
    """(index, path, signed checkpoint). Raises RefusedError."""
    head, _, checkpoint = text.partition("\n\n")
    lines = [line for line in head.split("\n") if not line.startswith("extra ")]
    word, _, number = lines[1].partition(" ") if len(lines) > 1 else ("", "", "")
    if (
        lines[0] != HEADER
        or word != "index"
        or not number.isascii()
        or not number.isdecimal()
        or len(number) > 19
    ):
        raise RefusedError(Reason.MALFORMED, "no tlog-proof: its header and an index")
    path = [decoded(line) for line in lines[2:66]]
    if any(len(hash_) != HASH_BYTES for hash_ in path) or len(lines) > 66:
        raise RefusedError(Reason.MALFORMED, "a proof's hashes have 32 bytes")
    return int(number), path, checkpoint


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a bundle proves."""

    kind: str
    reference: str
    sha256: str
    at: str
    index: int
    checkpoint: Checkpoint


def _texts(value: Any, names: tuple[str, ...]) -> dict[str, str]:
    """A JSON object with exactly these members, all texts. Raises RefusedError."""
    if (
        not isinstance(value, dict)
        or set(value) != set(names)
        or not all(isinstance(one, str) for one in value.values())
    ):
        raise RefusedError(Reason.MALFORMED, f"expected the texts {', '.join(names)}")
    return value


def check_bundle(content: bytes, policy: Policy, document: bytes | None = None) -> Sealed:
    """What the bundle proves under the policy; with ``document``, that it is the document which was sealed.

    Raises RefusedError with the reason.
    """
    if len(content) > LONGEST:
        raise RefusedError(Reason.MALFORMED, f"a bundle of more than {LONGEST} bytes")
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise RefusedError(Reason.MALFORMED, "the bundle is no JSON") from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise RefusedError(Reason.MALFORMED, f"no bundle of the format {FORMAT}")
    opening = _texts(value.get("opening"), ("kind", "reference", "salt", "sha256"))
    proof, text = value.get("proof"), value.get("entry")
    if not isinstance(proof, str) or not isinstance(text, str):
        raise RefusedError(Reason.MALFORMED, "a bundle has an entry and a proof")
    entry = _entry(text)
    index, path, signed = parse_proof(proof)
    checkpoint = policy.open(signed)
    check_inclusion(leaf_hash(text.encode()), index, checkpoint.size, path, checkpoint.root)
    if entry["commitment"] != commitment(opening) or entry["kind"] != opening["kind"]:
        raise RefusedError(Reason.ALTERED, "the opening is not what the entry commits to")
    if document is not None and opening["sha256"] not in _hashes_of(opening["kind"], document):
        raise RefusedError(Reason.ALTERED, "the document is not the one that was sealed")
    return Sealed(opening["kind"], opening["reference"], opening["sha256"], entry["at"], index, checkpoint)


def _hashes_of(kind: str, document: bytes) -> set[str]:
    """What a document may be sealed as. Of a certificate the signed token is: which of its fields its holder
    shows with it, after the first `~`, is theirs to choose."""
    contents = {document}
    if kind == CERTIFICATE:
        contents.add(document.strip().partition(b"~")[0])
    return {hashlib.sha256(one).hexdigest() for one in contents}


def _entry(text: str) -> dict[str, str]:
    try:
        return _texts(json.loads(text), ("at", "commitment", "kind"))
    except (ValueError, RecursionError):
        raise RefusedError(Reason.MALFORMED, "the entry is no JSON") from None
