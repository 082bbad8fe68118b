"""A BPMN or DMN file read as XML, with nothing that XML can be abused for.

No document type (and so no entities), no network, no file beside it; its size, the number of its elements and
how deep they nest are bounded before anything else looks at it.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from beichen.fronts.services.problems import NOT_XML, TOO_MUCH
from beichen.problem import Problem, ProblemError, Where, shorten

BYTES = 512 * 1024
ELEMENTS = 10_000
DEPTH = 32
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPACES = {"bpmn": BPMN}


def read_xml(content: bytes, file: str) -> Any:
    """The root element of ``content``; ``file`` is how people are shown the file.

    Raises ProblemError SRV-101 for what is no XML or has a document type, SRV-106 for what is too large.
    """
    if len(content) > BYTES:
        raise ProblemError(Problem(TOO_MUCH, f"larger than {BYTES // 1024} KiB", Where(file)))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        where = Where(file, error.lineno or 1, max(1, error.offset or 1))
        raise ProblemError(Problem(NOT_XML, shorten(error.msg or "no XML"), where)) from None
    except ValueError as error:
        raise ProblemError(Problem(NOT_XML, shorten(str(error)), Where(file))) from None
    if root.getroottree().docinfo.doctype:
        hint = "leave the line <!DOCTYPE …> out"
        raise ProblemError(Problem(NOT_XML, "a document type is not allowed", Where(file, 1), hint))
    _measure(root, file)
    return root


def _measure(root: Any, file: str) -> None:
    """Raises ProblemError SRV-106."""
    level = [root]
    number = depth = 0
    while level:
        depth += 1
        number += len(level)
        if depth > DEPTH or number > ELEMENTS:
            found = f"nests deeper than {DEPTH}" if depth > DEPTH else f"more than {ELEMENTS} elements"
            raise ProblemError(Problem(TOO_MUCH, found, place(level[0], file)))
        level = [child for one in level for child in one]


def place(node: Any, file: str) -> Where:
    """Where an element stands."""
    return Where(file, node.sourceline or 1)


def name_of(node: Any) -> str:
    """The element's name without its namespace."""
    return str(etree.QName(node).localname)
