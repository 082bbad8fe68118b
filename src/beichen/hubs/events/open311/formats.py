"""The two forms of every document: JSON, and XML whose element names the standard gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

import orjson
from django.http import HttpResponse

FORMATS = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
_ITEMS = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}


def document(root: str, value: Any, form: str, status: int = 200) -> HttpResponse:
    """An answer: ``root`` names the XML document's element, ``value`` is its list or mapping."""
    content = orjson.dumps(value) if form == "json" else _xml(root, value)
    return HttpResponse(content, status=status, content_type=FORMATS[form])


def _xml(root: str, value: Any) -> bytes:
    element = ElementTree.Element(root)
    _fill(element, value)
    return bytes(ElementTree.tostring(element, encoding="utf-8", xml_declaration=True))


def _fill(element: ElementTree.Element, value: Any) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _fill(ElementTree.SubElement(element, name), inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            _fill(ElementTree.SubElement(element, _ITEMS.get(element.tag, "item")), inner)
    elif value is not None:
        element.text = _text(value)


def _text(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    # XML 1.0 knows no control characters but these three, not even escaped.
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")
