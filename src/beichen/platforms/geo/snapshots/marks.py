"""Marks of pages: the row and the key after which the next page begins."""

from __future__ import annotations

from beichen.problem import Problem, ProblemError, Where, code, said, shorten

NO_PAGE = code("GEO-405", "The mark belongs to no page of this layer.", status=422)


def after_of(mark: str) -> tuple[int, str]:
    """Row and key of a mark. Raises ProblemError GEO-405."""
    row, tilde, key = mark.partition("~")
    if not tilde or not row.isascii() or not row.isdigit() or len(row) > 12:
        raise no_page(mark)
    return int(row), key


def no_page(mark: str) -> ProblemError:
    """The error for a mark that belongs to no page."""
    message = said("{mark!r} belongs to no page", mark=mark[:30])
    hint = said("begin with the first page; the layer may have changed")
    return ProblemError(Problem(NO_PAGE, shorten(message), Where(field="after"), hint))
