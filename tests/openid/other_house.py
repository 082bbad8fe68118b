"""The process that :mod:`tests.openid.test_two_houses` starts: a small house that serves its pages.

It prints where it is and the secret of the system that it registered, as one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django

from tests.openid.person import PASSWORD


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each request."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Writes no log."""

    def log_message(self, *_args: object) -> None:
        """Nothing."""


def main(back: str) -> None:
    """Serve until the end."""
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], Server, Quiet)
    address = f"http://127.0.0.1:{server.server_port}"
    os.environ["BEICHEN_PUBLIC_URL"] = address
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    from beichen.kernel.access.openid.parties import PartyFacts, register_party
    from beichen.kernel.access.service import create_account, load_roles, record_identity
    from beichen.kernel.actor import system
    from beichen.kernel.org.service import BodyFacts, load_bodies, register_person

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    call_command("migrate", verbosity=0)
    by = system("test")
    load_roles(by=by)
    load_bodies([BodyFacts("city", "市政府")], by=by)
    person = register_person("安", by=by)
    create_account("an", PASSWORD, person, by=by)
    record_identity(person, "window", "护照 尾号 0000", by=by, name="安")
    secret = register_party(
        PartyFacts("house", "另一座城", "登录", "city", (back,), ("openid", "identity")), by=by
    )[1]
    server.set_app(get_wsgi_application())
    print(json.dumps({"address": address, "secret": secret}), flush=True)  # noqa: T201 - its only word
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
