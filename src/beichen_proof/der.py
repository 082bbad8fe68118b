"""DER (ITU-T X.690) as far as time stamps need it: values after their tag and length, read strictly."""

from __future__ import annotations

from dataclasses import dataclass

from beichen_proof.refusal import Reason, RefusedError

INTEGER, OCTETS, NULL, OID, TIME = 0x02, 0x04, 0x05, 0x06, 0x18
SEQUENCE, SET, FIRST = 0x30, 0x31, 0xA0
"""Tags; `FIRST` is a constructed value in square brackets, [0]."""


@dataclass(frozen=True, slots=True)
class Value:
    """A tag, what stands in it, and both as they came."""

    tag: int
    content: bytes
    whole: bytes

    def inside(self) -> list[Value]:
        """The values in it. Raises RefusedError."""
        return values(self.content)

    def number(self) -> int:
        """An integer. Raises RefusedError."""
        return int.from_bytes(expect(self, INTEGER).content, "big", signed=True)


def values(content: bytes) -> list[Value]:
    """One value after the other. Raises RefusedError for what ends before its end, or has a length that is
    not written as DER writes it."""
    found, place = [], 0
    while place < len(content):
        start, tag, place = place, content[place], place + 1
        size, place = _size(content, place)
        if tag & 0x1F == 0x1F or place + size > len(content):
            raise RefusedError(Reason.MALFORMED, "no DER: a value ends before its end")
        found.append(Value(tag, content[place : place + size], content[start : place + size]))
        place += size
    return found


def _size(content: bytes, place: int) -> tuple[int, int]:
    first = content[place] if place < len(content) else 0xFF
    if first < 0x80:
        return first, place + 1
    digits = content[place + 1 : place + 1 + (first & 0x7F)]
    size = int.from_bytes(digits, "big")
    if not 0 < len(digits) <= 4 or len(digits) != first & 0x7F or digits[0] == 0 or size < 0x80:
        raise RefusedError(Reason.MALFORMED, "no DER: a length")
    return size, place + 1 + len(digits)


def expect(value: Value | None, tag: int) -> Value:
    """The value, which has this tag. Raises RefusedError."""
    if value is None or value.tag != tag:
        raise RefusedError(Reason.MALFORMED, f"no DER: a value with the tag {tag:#04x} is missing")
    return value


def only(content: bytes, tag: int) -> Value:
    """The one value that there is. Raises RefusedError."""
    found = values(content)
    return expect(found[0] if len(found) == 1 else None, tag)


def members(value: Value, tag: int, least: int) -> list[Value]:
    """What stands in a value with this tag, at least so many. Raises RefusedError."""
    found = expect(value, tag).inside()
    if len(found) < least:
        raise RefusedError(Reason.MALFORMED, f"no DER: {least} values are missing")
    return found


def written(tag: int, *contents: bytes) -> bytes:
    """A value as DER."""
    content = b"".join(contents)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    digits = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def written_number(number: int) -> bytes:
    """An integer that is not negative."""
    return written(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(text: str) -> bytes:
    """What an object identifier is called, as its content."""
    first, second, *rest = (int(one) for one in text.split("."))
    content = bytearray()
    for number in (first * 40 + second, *rest):
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(0x80 | number & 0x7F)
        content += bytes(reversed(digits))
    return bytes(content)
