"""What applicants can do: draft, bring files, take over what the city knows, send, follow, answer, rate."""

from __future__ import annotations

from beichen.fronts.services.applicant.cleaning import ENDINGS
from beichen.fronts.services.applicant.drafting import (
    Writing,
    begin,
    drafts,
    keep,
    own_draft,
    sent_as,
    sweep,
    throw_away,
    write_on,
)
from beichen.fronts.services.applicant.offered import Offered, find_offered, offer
from beichen.fronts.services.applicant.own import (
    answer_material,
    followed,
    followed_run,
    none,
    own_affair,
    own_affairs,
    own_file,
    own_run,
    own_submission,
    withdraw,
)
from beichen.fronts.services.applicant.paper import open_paper
from beichen.fronts.services.applicant.prefilling import (
    held_materials,
    proposals,
    take_over,
    take_over_materials,
)
from beichen.fronts.services.applicant.rating import rate
from beichen.fronts.services.applicant.reading import confirm, is_reader_there, read_picture, suggestions
from beichen.fronts.services.applicant.receipt import receipt_facts, receipt_pdf
from beichen.fronts.services.applicant.sending import judged, send
from beichen.fronts.services.applicant.sent import form_schema, item_of, submission_of
from beichen.fronts.services.applicant.signing import Signer, Statement, register_signer, signer
from beichen.fronts.services.applicant.uploading import (
    MATERIAL,
    bring,
    files_for,
    files_of,
    own_upload,
    take_away,
    uploads_of,
)
from beichen.fronts.services.applicant.withdrawing import Standing, standing_parts, withdraw_all

__all__ = [
    "ENDINGS",
    "MATERIAL",
    "Offered",
    "Signer",
    "Standing",
    "Statement",
    "Writing",
    "answer_material",
    "begin",
    "bring",
    "confirm",
    "drafts",
    "files_for",
    "files_of",
    "find_offered",
    "followed",
    "followed_run",
    "form_schema",
    "held_materials",
    "is_reader_there",
    "item_of",
    "judged",
    "keep",
    "none",
    "offer",
    "open_paper",
    "own_affair",
    "own_affairs",
    "own_draft",
    "own_file",
    "own_run",
    "own_submission",
    "own_upload",
    "proposals",
    "rate",
    "read_picture",
    "receipt_facts",
    "receipt_pdf",
    "register_signer",
    "send",
    "sent_as",
    "signer",
    "standing_parts",
    "submission_of",
    "suggestions",
    "sweep",
    "take_away",
    "take_over",
    "take_over_materials",
    "throw_away",
    "uploads_of",
    "withdraw",
    "withdraw_all",
    "write_on",
]
