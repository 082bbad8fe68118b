"""The importer: a plan's text (.txt, .docx, .pdf) becomes facts with their places in the text.

Pure Python: nothing here touches the database, the network or the clock.
"""

from __future__ import annotations

from beichen.plan.importer.facts import PlanFacts
from beichen.plan.importer.output import write_facts
from beichen.plan.importer.reading import read_plan, read_plan_text

__all__ = ["PlanFacts", "read_plan", "read_plan_text", "write_facts"]
