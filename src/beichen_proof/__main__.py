"""`python -m beichen_proof`: verify, anchor, credential, code, witness, monitor. Exit status 0 sound, 1
refused, 2 wrong use."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from beichen_proof import credential as credentials
from beichen_proof.anchor import check_anchor, check_continued
from beichen_proof.bundle import check_bundle
from beichen_proof.client import LogReader
from beichen_proof.monitor import look
from beichen_proof.note import Verifier
from beichen_proof.policy import Policy
from beichen_proof.refusal import Reason, RefusedError
from beichen_proof.server import WitnessServer, standing
from beichen_proof.timestamp import certificates
from beichen_proof.witness import Witness


def _verify(given: argparse.Namespace) -> dict[str, Any]:
    """A bundle, and the document that it is about."""
    policy = Policy.parse(given.policy.read_text(encoding="utf-8"))
    document = given.document.read_bytes() if given.document else None
    sealed = check_bundle(given.bundle.read_bytes(), policy, document)
    return {
        "kind": sealed.kind,
        "reference": sealed.reference,
        "sha256": sealed.sha256,
        "sealed_at": sealed.at,
        "index": sealed.index,
        "log": sealed.checkpoint.origin,
        "size": sealed.checkpoint.size,
        "document": "is the one that was sealed" if document is not None else "was not given",
    }


def _anchor(given: argparse.Namespace) -> dict[str, Any]:
    """A checkpoint that was kept outside, and whether the log still continues it."""
    policy = Policy.parse(given.policy.read_text(encoding="utf-8"))
    authorities = certificates(given.authority.read_bytes()) if given.authority else []
    found = check_anchor(given.file.read_bytes(), policy, authorities)
    kept: dict[str, Any] = {"receipt": found.receipt, "note": f"ask {found.target} whether it gave this"}
    if found.stamped is not None:
        kept = {"stamped_at": found.stamped.at.isoformat(), "authority": found.stamped.authority}
    today = check_continued(found.checkpoint, LogReader(given.url), policy).size if given.url else None
    return {
        "log": found.checkpoint.origin,
        "size": found.checkpoint.size,
        "target": found.target,
        **kept,
        "continued": "not looked at: give the log's address with --url" if today is None else today,
    }


def _keys(file: Path) -> credentials.Keys:
    """Issuers' keys out of what `/.well-known/jwt-vc-issuer` says, one such document or a list of them."""
    value = json.loads(file.read_text(encoding="utf-8"))
    documents = value if isinstance(value, list) else [value]
    return {str(one["issuer"]): list(one["jwks"]["keys"]) for one in documents}


def _credential(given: argparse.Namespace) -> dict[str, Any]:
    """A certificate, with its status where a list is given."""
    try:
        issuers = _keys(given.issuers)
    except (ValueError, KeyError, TypeError):
        raise RefusedError(Reason.MALFORMED, f"{given.issuers} holds no keys of issuers") from None
    now = given.at if given.at is not None else time.time()
    found = credentials.read(given.file.read_text(encoding="utf-8"), issuers, now)
    if given.status:
        credentials.check_status(found, given.status.read_text(encoding="utf-8"), issuers, now)
    is_known = bool(given.status) or not found.status_uri
    return {
        "issuer": found.issuer,
        "type": found.type,
        "claims": {name: value for name, value in found.claims.items() if name != "status"},
        "status": "valid" if is_known else f"not looked at: give {found.status_uri} with --status",
    }


def _code(given: argparse.Namespace) -> dict[str, Any]:
    """A code that a person showed, and optionally what the city has withdrawn meanwhile."""
    from beichen_proof import code

    try:
        keys = code.keys_of(json.loads(given.keys.read_text(encoding="utf-8")))
        listed = json.loads(given.revocations.read_text(encoding="utf-8")) if given.revocations else {}
        withdrawn = {str(one["pseudonym"]): int(one["since"]) for one in listed.get("withdrawn", ())}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RefusedError(Reason.MALFORMED, "keys or revocations cannot be read") from None
    gate = code.Gate(keys, given.party, given.purpose, given.skew, withdrawn)
    shown = gate.read(given.text, given.at if given.at is not None else time.time())
    return {"pseudonym": shown.pseudonym, "purpose": shown.purpose, "until": shown.until}


def _witness_init(given: argparse.Namespace) -> dict[str, Any]:
    """Make a witness with a key of its own."""
    try:
        return {"key": str(Witness.make(given.state, given.name).signer.verifier)}
    except (FileExistsError, ValueError) as error:
        raise RefusedError(Reason.MALFORMED, f"no witness was made: {error}") from None


def _ready(given: argparse.Namespace) -> Witness:
    witness = Witness(given.state)
    for text in given.log:
        witness.trust(Verifier.parse(text))
    return witness


def _witness_run(given: argparse.Namespace) -> dict[str, Any]:
    """Serve until it is ended."""
    witness = _ready(given)
    server = WitnessServer(witness, given.address, given.port)
    sys.stderr.write(f"{witness.signer.name} listens on http://{given.address}:{server.server_port}\n")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return {"witness": standing(witness)}


def _witness_check(given: argparse.Namespace) -> dict[str, Any]:
    """Look at a log once, cosign, and bring it the cosignature where asked to."""
    witness = _ready(given)
    reader = LogReader(given.url)
    found, signature = witness.check(reader)
    if given.send:
        reader.read("cosignatures", 4096, f"{found.text()}\n{signature.line()}".encode())
    return {
        "log": found.origin,
        "size": found.size,
        "cosignature": signature.line().strip(),
        "sent": given.send,
    }


def _monitor(given: argparse.Namespace) -> dict[str, Any]:
    """Follow a log: read its new entries and hold them against its root."""
    given.state.mkdir(parents=True, exist_ok=True)
    log = Verifier.parse(given.log)
    seen = look(LogReader(given.url), log, given.state / f"{log.id.hex()}.json")
    return {"log": log.name, "before": seen.before, "size": seen.checkpoint.size, "new": seen.kinds}


def parser() -> argparse.ArgumentParser:
    """The commands."""
    top = argparse.ArgumentParser(prog="python -m beichen_proof", description=__doc__)
    commands = top.add_subparsers(required=True)
    verify = commands.add_parser(
        "verify", help="a bundle: document, inclusion proof, checkpoint, cosignatures"
    )
    verify.add_argument("bundle", type=Path)
    verify.add_argument("--policy", type=Path, required=True, help="whom you trust, a C2SP tlog-policy")
    verify.add_argument("--document", type=Path, help="the document that was sealed")
    verify.set_defaults(run=_verify)
    kept = commands.add_parser("anchor", help="a checkpoint that was written into an outside log")
    kept.add_argument("file", type=Path)
    kept.add_argument("--policy", type=Path, required=True, help="whom you trust, a C2SP tlog-policy")
    kept.add_argument("--authority", type=Path, help="the certificate that stamps times, in PEM")
    kept.add_argument("--url", help="the log of today, such as https://city.example/tlog")
    kept.set_defaults(run=_anchor)
    one = commands.add_parser("credential", help="a certificate as SD-JWT VC")
    one.add_argument("file", type=Path)
    one.add_argument("--issuers", type=Path, required=True, help="what /.well-known/jwt-vc-issuer said")
    one.add_argument("--status", type=Path, help="the status list that the certificate names")
    one.add_argument("--at", type=float, help="the time to judge by, in seconds since 1970")
    one.set_defaults(run=_credential)
    shown = commands.add_parser("code", help="the code that a person shows at a gate")
    shown.add_argument("text")
    shown.add_argument("--keys", type=Path, required=True, help="what /api/codes/keys said")
    shown.add_argument("--party", required=True, help="who reads, such as city-library")
    shown.add_argument("--purpose", action="append", required=True, help="what the gate opens for")
    shown.add_argument("--revocations", type=Path, help="what /api/codes/revocations said")
    shown.add_argument("--skew", type=float, default=30, help="seconds that clocks may differ")
    shown.add_argument("--at", type=float, help="the time to judge by, in seconds since 1970")
    shown.set_defaults(run=_code)
    _add_witness(commands.add_parser("witness", help="cosign the checkpoints of logs"))
    monitor = commands.add_parser("monitor", help="read every entry of a log and hold it against its root")
    monitor.add_argument("url")
    monitor.add_argument("--log", required=True, metavar="VKEY")
    monitor.add_argument("--state", type=Path, required=True, metavar="DIR")
    monitor.set_defaults(run=_monitor)
    return top


def _add_witness(group: argparse.ArgumentParser) -> None:
    commands = group.add_subparsers(required=True)
    make = commands.add_parser("init", help="a key and an empty state")
    make.add_argument("name", help="such as witness.audit.example")
    make.set_defaults(run=_witness_init)
    run = commands.add_parser("run", help="serve POST /add-checkpoint (C2SP tlog-witness)")
    run.add_argument("--address", default="127.0.0.1")
    run.add_argument("--port", type=int, default=8090)
    run.set_defaults(run=_witness_run)
    check = commands.add_parser("check", help="look at a log once and cosign what continues")
    check.add_argument("url", help="such as https://city.example/tlog")
    check.add_argument("--send", action="store_true", help="bring the log the cosignature")
    check.set_defaults(run=_witness_check)
    for each in (make, run, check):
        each.add_argument("--state", type=Path, required=True, metavar="DIR")
    for each in (run, check):
        each.add_argument(
            "--log", action="append", default=[], metavar="VKEY", help="a log to watch from now on"
        )


def main(arguments: list[str] | None = None) -> int:
    """Run a command and print what it found as JSON."""
    given = parser().parse_args(arguments)
    try:
        found = {"sound": True, **given.run(given)}
    except RefusedError as error:
        found = {"sound": False, "reason": str(error.reason), "message": error.message}
    except OSError as error:
        found = {"sound": False, "reason": str(Reason.UNREACHABLE), "message": str(error)}
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    return 0 if found["sound"] else 1


if __name__ == "__main__":
    sys.exit(main())
