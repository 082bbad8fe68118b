"""HydroServer's SensorThings as a Django of its own, for its own Python: settings, routes, application."""

from __future__ import annotations

import os
from uuid import UUID

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="bench",  # noqa: S106 - it guards nothing
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=[
        "sensorthings.versions.v1_1",
        "sensorthings.versions.v1_1.backends.django",
        "sensorthings.versions.v1_1.extensions.dataarray",
    ],
    SENSORTHINGS_V1_1_SERVICE_URL="http://127.0.0.1",
    SENSORTHINGS_V1_1_BACKEND_ADAPTER=(
        "sensorthings.versions.v1_1.backends.django.adapter.DjangoBackendAdapter"
    ),
    SENSORTHINGS_V1_1_ID_TYPE=UUID,
    SENSORTHINGS_V1_1_ID_DELIMITER="'",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["PEER_DATABASE"],
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL", "transaction_mode": "IMMEDIATE"},
        }
    },
)
django.setup()
urlpatterns = [path("sta/", include("sensorthings.versions.v1_1.urls"))]
application = get_wsgi_application()

if __name__ == "__main__":
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
