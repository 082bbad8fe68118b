"""What pages of rooms above share with reports: a chart drawn as a picture of its own."""

from __future__ import annotations

from beichen.plan.reports.document import Figure
from beichen.plan.reports.drawing import FONTS, as_svg

__all__ = ["FONTS", "Figure", "as_svg"]
