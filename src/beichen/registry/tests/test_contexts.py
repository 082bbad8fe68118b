"""Contexts: from allowed hosts only, kept, and without a way into the house's network."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from beichen.problem import ProblemError
from beichen.registry.document import contexts
from beichen.registry.document.context import Context
from beichen.settings import settings

pytestmark = pytest.mark.django_db


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the served contexts stand."""
    return tmp_path


@pytest.fixture
def address(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A host on loopback that the settings allow."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    host = f"127.0.0.1:{server.server_address[1]}"
    allowed = replace(settings(), context_hosts=f"example.org, {host}")
    monkeypatch.setattr(contexts, "settings", lambda: allowed)
    cache.clear()
    yield f"http://{host}"
    server.shutdown()
    thread.join()
    server.server_close()


def serve(folder: Path, name: str, document: Any) -> None:
    """Put a file there."""
    (folder / name).write_text(document if isinstance(document, str) else json.dumps(document))


def test_a_context_is_fetched_with_what_it_refers_to_and_kept(folder: Path, address: str) -> None:
    serve(folder, "inner.jsonld", {"@context": {"ex": "https://example.org/", "depth": "ex:depth"}})
    serve(folder, "outer.jsonld", {"@context": [f"{address}/inner.jsonld", {"lid": {"@id": "ex:lid"}}]})
    context = contexts.context_of(f"{address}/outer.jsonld")
    assert context.expand("depth") == "https://example.org/depth"
    assert context.expand("lid") == "https://example.org/lid"
    assert context.compact("https://example.org/lid") == "lid"
    assert context.compact("https://example.org/other") == "ex:other"
    (folder / "outer.jsonld").unlink()
    assert contexts.context_of(f"{address}/outer.jsonld") is context


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("no json", "not JSON"),
        ({"terms": {}}, "has no @context"),
        ({"@context": {"x": "y" * contexts.FETCH_BYTES}}, "larger than"),
    ],
)
def test_what_is_no_context_is_refused(folder: Path, address: str, document: Any, message: str) -> None:
    serve(folder, "c.jsonld", document)
    with pytest.raises(ProblemError, match=message) as caught:
        contexts.context_of(f"{address}/c.jsonld")
    assert caught.value.problems[0].code == "REG-105"


def test_a_context_that_refers_to_itself_ends(folder: Path, address: str) -> None:
    serve(folder, "c.jsonld", {"@context": [f"{address}/c.jsonld"]})
    with pytest.raises(ProblemError, match="too deeply"):
        contexts.context_of(f"{address}/c.jsonld")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/c.jsonld",
        "http://localhost/c.jsonld",
        "http://example.org.evil.test/c.jsonld",
        "http://user@example.org/c.jsonld",
        "http://[::1]/c.jsonld",
        "http://169.254.169.254/",
    ],
)
def test_other_hosts_are_never_asked(address: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("httpx.Client", lambda **_: pytest.fail("a connection was tried"))
    with pytest.raises(ProblemError, match="REG-105"):
        contexts.context_of(url)


def test_core_terms_cannot_be_changed_and_taken_names_are_told_apart() -> None:
    context = Context({"location": "https://evil.example/x", "depth": "https://example.org/d"}, "urn:c")
    assert context.expand("location") == "location"
    assert context.compact("depth") == "ngsi-ld:default-context/depth"
    assert context.expand("ngsi-ld:default-context/depth") == "depth"
