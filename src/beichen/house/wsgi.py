"""The web process: pages and APIs under WSGI, served by granian."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")

application = get_wsgi_application()
