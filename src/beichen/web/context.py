"""What every page knows: which city, and whether what it shows is demo data."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from beichen.settings import settings


def page(_request: HttpRequest) -> dict[str, Any]:
    """Template variables of every page."""
    return {"demo": settings().demo}
