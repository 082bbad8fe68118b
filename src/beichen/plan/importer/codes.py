"""What can be wrong with a plan's text: the problem codes of the importer, PLN-1NN.

PLN-101 to 109 refuse the import; PLN-120 and above are listed with the facts, which stay usable.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field

from beichen.problem import Level, Problem, Where, code, said, shorten

EMPTY = code("PLN-101", "The file holds no text")
NOT_TEXT = code("PLN-102", "The file cannot be read as text")
UNKNOWN_FORMAT = code("PLN-103", "The file's format is not .txt, .docx or .pdf")
NO_PLAN = code("PLN-104", "The text is no plan")
TOO_LARGE = code("PLN-105", "The text is too large", status=413)
NO_FILE = code("PLN-106", "There is no such file", status=404)
BROKEN_FILE = code("PLN-107", "The file is damaged")
TRUNCATED = code("PLN-108", "The text ends in the middle of a sentence")
NOT_WRITTEN = code("PLN-109", "The facts could not be written", status=500)

OUT_OF_SEQUENCE = code("PLN-120", "A heading is out of sequence")
NO_INDICATORS = code("PLN-122", "No indicator table was found")
ROW_INCOMPLETE = code("PLN-123", "A row of the indicator table is incomplete")
ROW_UNREADABLE = code("PLN-124", "Text in the indicator table belongs to no row")
COUNT_DIFFERS = code("PLN-125", "The indicator table's own count differs")
BOX_EMPTY = code("PLN-126", "A box holds no project that could be read")
BOX_SEQUENCE = code("PLN-127", "A box is out of sequence")
LEFT_OUT = code("PLN-128", "Lines were taken for page numbers, running headers or contents")
DECODED = code("PLN-129", "The text was not UTF-8 and has been decoded")
NO_ENDING = code("PLN-130", "The plan has no part on its implementation")

_AT_MOST = 100  # problems of one code that are listed; the rest is counted


@dataclass(slots=True)
class Findings:
    """Collects what was not understood, by span; line and column are worked out once, at the end."""

    found: list[tuple[str, int, int, str, str, Level]] = field(default_factory=list)

    def add(
        self, code_: str, span: tuple[int, int], message: str, hint: str = "", level: Level = Level.WARNING
    ) -> None:
        """Note one finding; ``span`` is in characters of the source text."""
        self.found.append((code_, *span, message, hint, level))

    def problems(self, text: str, source: str) -> tuple[Problem, ...]:
        """All findings in the order of the text; of one code at most a hundred, then their number."""
        starts = [0, *(i + 1 for i, character in enumerate(text) if character == "\n")]
        counts: Counter[str] = Counter()
        problems: list[Problem] = []
        for code_, start, end, message, hint, level in sorted(self.found, key=lambda f: (f[1], f[2], f[0])):
            counts[code_] += 1
            if counts[code_] > _AT_MOST:
                continue
            line = bisect_right(starts, start)
            where = Where(file=source, line=line, column=start - starts[line - 1] + 1, start=start, end=end)
            problems.append(Problem(code_, shorten(message), where, hint, level))
        for code_, count in counts.items():
            if count > _AT_MOST:
                message = said("{count} more findings of this kind are not listed", count=count - _AT_MOST)
                problems.append(Problem(code_, message, Where(file=source)))
        return tuple(problems)
