"""What the tests of the ledger stand on: a kind to seal, a signed log, witnesses as real servers."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from beichen.kernel.actor import Actor, Scope, system
from beichen.kernel.levels import Level
from beichen.platforms.ledger import identity, integrating, service
from beichen.platforms.ledger.models import Checkpoint, Entry, Log
from beichen_proof.note import Verifier
from beichen_proof.server import WitnessServer
from beichen_proof.witness import Witness

BY = system("test")
SEALED: dict[str, str] = {}


def _current(references: Sequence[str]) -> dict[str, str]:
    return {one: SEALED[one] for one in references if one in SEALED}


KIND = service.SealedKind("test.thing", "Thing", Level.L2, _current)
service.add_sealed_kind(KIND)


def sha256(text: str) -> str:
    """The hash of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def seal(reference: str, text: str = "") -> Entry:
    """Seal a thing."""
    return service.seal("test.thing", reference, sha256(text or reference), by=BY)


def seal_many(count: int, start: int = 0) -> None:
    """Seal things and bring them into the log."""
    for number in range(start, start + count):
        seal(f"T-{number}")
    assert service.integrate() == count


def reader(role: str) -> Actor:
    """Somebody who holds a role everywhere."""
    return Actor("person:TEST", "Test", (Scope(role),))


@contextmanager
def served(folder: Path, name: str, log: str) -> Iterator[tuple[Witness, str]]:
    """A witness that listens: itself, and its address."""
    witness = Witness.make(folder, name)
    witness.trust(Verifier.parse(log))
    server = WitnessServer(witness, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield witness, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def rewrite_history(place: int) -> None:
    """The log begins anew, with another entry at a place, under the same key: as whoever runs it could."""
    entry = Entry.objects.get(position=place)
    Entry.objects.filter(pk=entry.pk).update(text=entry.text.replace("test.thing", "test.other"))
    Checkpoint.objects.all().delete()
    integrating.write_checkpoint(identity.signing(), integrating.rebuild(Log.objects.get().size))
