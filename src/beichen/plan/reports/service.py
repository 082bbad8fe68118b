"""What can be done with reports: write, make, review, publish; the congress; the public edition."""

from __future__ import annotations

from beichen.plan.reports.congress import (
    answer_opinion,
    judge_answer,
    may_answer,
    record_days,
    record_opinion,
    submissions_of,
    submit_to_congress,
)
from beichen.plan.reports.editions import approve_report, publish_report, return_report, submit_report
from beichen.plan.reports.making import (
    Order,
    document_of,
    find_report,
    make_report,
    open_report,
    order_report,
    render_report,
    reports_of,
    write_report,
)
from beichen.plan.reports.public import PublicEdition, public_edition
from beichen.plan.reports.rendering import FORMATS
from beichen.plan.reports.rights import (
    ANSWER,
    APPROVE,
    MAKE,
    OPINE,
    PUBLISH,
    READ,
    SUBMIT,
    TEMPLATE,
    TRAIL,
)
from beichen.plan.reports.trail import trail
from beichen.plan.reports.wordtemplates import drop_template, save_template, templates_in_use

__all__ = [
    "ANSWER",
    "APPROVE",
    "FORMATS",
    "MAKE",
    "OPINE",
    "PUBLISH",
    "READ",
    "SUBMIT",
    "TEMPLATE",
    "TRAIL",
    "Order",
    "PublicEdition",
    "answer_opinion",
    "approve_report",
    "document_of",
    "drop_template",
    "find_report",
    "judge_answer",
    "make_report",
    "may_answer",
    "open_report",
    "order_report",
    "public_edition",
    "publish_report",
    "record_days",
    "record_opinion",
    "render_report",
    "reports_of",
    "return_report",
    "save_template",
    "submissions_of",
    "submit_report",
    "submit_to_congress",
    "templates_in_use",
    "trail",
    "write_report",
]
