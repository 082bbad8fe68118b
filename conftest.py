"""What every test stands on: a data folder of its own, and static files as they lie in the source."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("BEICHEN_DATA_DIR", tempfile.mkdtemp(prefix="beichen-test-"))


def pytest_configure() -> None:
    """Serve static files without a collected manifest."""
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


def pytest_collection() -> None:
    """Watch the services before a test imports one: see :mod:`tests.audited`."""
    from tests.audited import watch_services

    watch_services()
