"""The Word template: which placeholders and styles it holds, and what is wrong with one that does not.

A template is a Word file with ``{{ title }}`` and its like. It is made by people outside this house, so it is
read with care: only plain placeholders are taken (no tags, no expressions), the file may not unfold into more
than a report needs, and everything that is missing or unknown is said at once.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import resources
from io import BytesIO

import docx
from docx.document import Document as Word
from jinja2.sandbox import SandboxedEnvironment

from beichen.problem import Problem, ProblemError, Where, code, nearest, said, shorten

NOT_WORD = code("PLN-910", "A template is not a Word file that can be read.", status=422)
LACKS_PLACE = code("PLN-911", "A template lacks a placeholder that a report needs.", status=422)
UNKNOWN_PLACE = code("PLN-912", "A template has a placeholder that no report fills.", status=422)
NO_PLACE = code("PLN-913", "A template holds an instruction; only plain placeholders are taken.", status=422)
LACKS_STYLE = code("PLN-914", "A template lacks a style that a report needs.", status=422)

TOKENS = {name: f"⟦{name}⟧" for name in ("about", "contents", "body")}
WORDS = ("title", "subtitle", "head", "year", "notice", "contents_title")
NEEDED = ("title", "body")
STYLES = (
    "Heading 1",
    "Heading 2",
    "Heading 3",
    "Body Text",
    "Caption",
    "List Bullet",
    "Table Grid",
    "Table Text",
    "Table Title",
    "Cover Text",
    "toc 1",
    "toc 2",
)
MOST_BYTES = 40 << 20  # what a template may unfold into
_ANY = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)
_PLAIN = re.compile(r"{{\s*([A-Za-z_][A-Za-z0-9_]*)\s*}}")


def environment() -> SandboxedEnvironment:
    """Where templates are filled in: without a way to the program's objects."""
    return SandboxedEnvironment(autoescape=True)


@cache
def default_template(*, is_short: bool = False) -> bytes:
    """The room's own template: of a report, or of a page."""
    name = "brief.docx" if is_short else "report.docx"
    return resources.files("beichen.plan.reports").joinpath("documents", name).read_bytes()


def _open(content: bytes, name: str) -> Word:
    """The file as python-docx sees it. Raises ProblemError PLN-910."""
    where = Where(file=name)
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            size = sum(part.file_size for part in parts.infolist())
        if size > MOST_BYTES:
            raise ProblemError(
                Problem(
                    NOT_WORD,
                    said("it unfolds into {size} MB", size=size >> 20),
                    where,
                    said("40 MB is the most"),
                )
            )
        return docx.Document(BytesIO(content))
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        hint = said("save it in Word as .docx (not .doc, not .dotx)")
        raise ProblemError(Problem(NOT_WORD, shorten(f"{error}"), where, hint)) from None


def _texts(word: Word) -> Iterator[str]:
    """Every paragraph's text: body, tables, headers, footers, text boxes."""
    roots = [word.element.body]
    for section in word.sections:
        parts = (section.header, section.footer, section.first_page_header, section.first_page_footer)
        roots += [part._element for part in parts]
    for root in roots:
        for paragraph in root.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"):
            yield "".join(
                text.text or ""
                for text in paragraph.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t")
            )


def _place_problems(texts: list[str], name: str) -> Iterator[Problem]:
    known = {*WORDS, *TOKENS}
    found: dict[str, str] = {}
    for text in texts:
        for match in _ANY.findall(text):
            plain = _PLAIN.fullmatch(match)
            if plain is None:
                hint = said("plain placeholders: {names}", names=", ".join(sorted(known)))
                yield Problem(
                    NO_PLACE,
                    shorten(said("“{match}” is no plain placeholder", match=match)),
                    Where(file=name),
                    hint,
                )
            else:
                found[plain[1]] = text
    for place, text in found.items():
        if place not in known:
            where = Where(file=name, field=place)
            yield Problem(
                UNKNOWN_PLACE,
                shorten(said("nothing fills {{{{ {place} }}}}", place=place)),
                where,
                nearest(place, known),
            )
        elif place in TOKENS and not _PLAIN.fullmatch(text.strip()):
            message = said("{{{{ {place} }}}} must be alone in its paragraph", place=place)
            yield Problem(NO_PLACE, message, Where(file=name, field=place))
    for place in NEEDED:
        if place not in found:
            where = Where(file=name, field=place)
            yield Problem(
                LACKS_PLACE,
                said("{{{{ {place} }}}} stands nowhere", place=place),
                where,
                said("write it where it belongs"),
            )


def template_problems(content: bytes, name: str = "template.docx") -> list[Problem]:
    """Everything that is wrong with a template; nothing when reports can be made on it."""
    try:
        word = _open(content, name)
    except ProblemError as error:
        return list(error.problems)
    problems = list(_place_problems(list(_texts(word)), name))
    body = [line.text.strip() for line in word.paragraphs]
    if not problems and not any(_PLAIN.fullmatch(text) and "body" in text for text in body):
        problems.append(
            Problem(LACKS_PLACE, said("{{{{ body }}}} must stand in the text itself"), Where(file=name))
        )
    held = {style.name for style in word.styles}
    for style in STYLES:
        if style not in held:
            hint = said("start from the default template, which has every style")
            problems.append(
                Problem(
                    LACKS_STYLE, said("no style is called “{style}”", style=style), Where(file=name), hint
                )
            )
    return problems


def check_template(content: bytes, name: str = "template.docx") -> None:
    """Refuse what is wrong. Raises ProblemError PLN-910 to PLN-914 with every mistake."""
    if problems := template_problems(content, name):
        raise ProblemError(*problems)
