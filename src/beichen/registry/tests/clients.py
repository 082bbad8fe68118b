"""A client of the API as a program is one: a key, JSON in, JSON out."""

from __future__ import annotations

from typing import Any

import orjson
from django.test import Client

from beichen.kernel.access import service as access
from beichen.kernel.actor import system

ROOT = "/ngsi-ld/v1/"
LD_JSON = "application/ld+json"


class Program:
    """Speaks NGSI-LD with a key of a role."""

    def __init__(self, role: str = "steward", key: str = "program") -> None:
        access.load_roles(by=system("test"))
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {access.create_client(key, key, role, by=system('test'))}"}

    def send(
        self, method: str, path: str, body: Any = None, kind: str = "application/json", **headers: str
    ) -> Any:
        """Send a request; ``body`` is bytes or JSON."""
        data = b"" if body is None else body if isinstance(body, bytes) else orjson.dumps(body)
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.client.generic(method, ROOT + path, data, content_type=kind, headers=sent)

    def get(self, path: str, **parameters: Any) -> Any:
        """GET with query parameters."""
        return self.client.get(ROOT + path, parameters, headers=self.headers)

    def create(self, urn: str, kind: str, **attributes: Any) -> Any:
        """Create an entity from concise attributes."""
        response = self.send("POST", "entities", {"id": urn, "type": kind, **attributes})
        assert response.status_code == 201, response.content
        return response
