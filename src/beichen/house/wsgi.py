"""The web process: pages and APIs under WSGI, served by granian."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from beichen.settings import refuse_unsafe

refuse_unsafe()  # also when another server than ours runs this module
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")

application = get_wsgi_application()
