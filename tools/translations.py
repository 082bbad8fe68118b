"""Compiles every room's Chinese words, and checks that none is missing.

`compile` turns each `locale/*/LC_MESSAGES/django.po` into the `.mo` that gettext reads.
`check` collects the messages of all templates and Python files and fails when one has no translation
in its room's catalogue, when a catalogue holds one that nothing uses, or when two rooms say the same
message differently: Django keeps one translation of a message for all rooms, so that a word with two
senses needs a context. A translation names exactly the placeholders in braces that its message names.
`update` adds the missing
ones, empty, to be filled in.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import django
import polib
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

PLURALS = {"Plural-Forms": "nplurals=1; plural=0;"}
ROOT = Path(__file__).resolve().parents[1] / "src/beichen"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_lazy": None,
    "ngettext_lazy": (1, 2),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "_": None,
    "said": None,
    "code": (2,),  # the title of a problem, beichen.problem.code
}
Message = tuple[str, str, str]  # context, message, plural


def catalogues() -> list[Path]:
    """Every catalogue of the house."""
    return sorted(ROOT.glob("**/locale/zh_Hans/LC_MESSAGES/django.po"))


def room_of(file: Path) -> Path:
    """The folder whose catalogue holds a file's messages: the nearest with `locale/`, else `web`."""
    for folder in file.parents:
        if (folder / "locale").is_dir():
            return folder
        if folder == ROOT:
            break
    return ROOT / "web"


def messages_of(file: Path) -> Iterator[Message]:
    """(context, message, plural) of each translatable string in a template or a module."""
    text = file.read_text(encoding="utf-8")
    # A template is no Python: without its indentation the tokenizer finds the calls in it.
    is_template = file.suffix == ".html"
    source = "\n".join(line.lstrip() for line in templatize(text).splitlines()) if is_template else text
    stream = io.BytesIO(source.encode())
    for _line, message, _comments, context in extract("python", stream, keywords=KEYWORDS):
        words = message if isinstance(message, tuple) else (message,)
        if words and words[0]:
            yield context or "", words[0], words[1] if len(words) > 1 else ""


def used() -> dict[Path, set[Message]]:
    """The messages in use, by room."""
    found: dict[Path, set[Message]] = {}
    files = [*ROOT.glob("**/*.html"), *ROOT.glob("**/*.py")]
    for file in files:
        if {"tests", "migrations"} & set(file.relative_to(ROOT).parts):
            continue
        for message in messages_of(file):
            found.setdefault(room_of(file), set()).add(message)
    return found


def compile_all() -> int:
    """Write the `.mo` files."""
    for file in catalogues():
        polib.pofile(str(file)).save_as_mofile(str(file.with_suffix(".mo")))
    return 0


def _catalogue(room: Path) -> polib.POFile:
    file = room / "locale/zh_Hans/LC_MESSAGES/django.po"
    if file.is_file():
        return polib.pofile(str(file), wrapwidth=110)
    file.parent.mkdir(parents=True, exist_ok=True)
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8", "Language": "zh_Hans", **PLURALS}
    catalogue.fpath = str(file)
    return catalogue


def _entry(context: str, text: str, plural: str) -> polib.POEntry:
    entry = polib.POEntry(msgctxt=context or None, msgid=text, msgid_plural=plural)
    if plural:
        entry.msgstr_plural = {0: ""}
    return entry


def check(update: bool) -> int:
    """Report each missing and each unused message; with ``update``, add and remove them."""
    wrong = 0
    in_use = used()
    rooms = set(in_use) | {file.parents[3] for file in catalogues()}
    for room in sorted(rooms):
        catalogue = _catalogue(room)
        present = {(entry.msgctxt or "", entry.msgid, entry.msgid_plural): entry for entry in catalogue}
        wanted = in_use.get(room, set())
        missing = sorted(wanted - {key for key, entry in present.items() if entry.translated()})
        unused = sorted(set(present) - wanted)
        if update:
            catalogue.extend(_entry(*message) for message in missing if message not in present)
            for key in unused:
                catalogue.remove(present[key])
            catalogue.sort(key=lambda entry: entry.msgid)
            catalogue.save(catalogue.fpath)
        for _context, text, _plural in missing:
            sys.stderr.write(f"{room.relative_to(ROOT)}: not translated: {text!r}\n")
        for _context, text, _plural in unused:
            sys.stderr.write(f"{room.relative_to(ROOT)}: not used: {text!r}\n")
        wrong += len(missing) + len(unused)
    return 1 if wrong and not update else 0


def disagreements() -> int:
    """Report each message that two rooms translate differently."""
    said: dict[tuple[str, str], dict[str, str]] = {}
    for file in catalogues():
        for entry in polib.pofile(str(file)):
            words = entry.msgstr or str(entry.msgstr_plural)
            room = str(file.parents[3].relative_to(ROOT))
            said.setdefault((entry.msgctxt or "", entry.msgid), {})[room] = words
    wrong = {message: rooms for message, rooms in said.items() if len(set(rooms.values())) > 1}
    for (_context, text), rooms in sorted(wrong.items()):
        words = ", ".join(f"{room} {word!r}" for room, word in sorted(rooms.items()))
        sys.stderr.write(f"{text!r} is said differently: {words}\n")
    return 1 if wrong else 0


def placeholders(text: str) -> set[str] | None:
    """The names in braces of a message; None where the braces do not close."""
    try:
        return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None}
    except ValueError:
        return None


def misfits() -> int:
    """Report each translation that names other placeholders than its message."""
    wrong = 0
    for file in catalogues():
        for entry in polib.pofile(str(file)):
            if entry.msgstr and placeholders(entry.msgid) != placeholders(entry.msgstr):
                room = file.parents[3].relative_to(ROOT)
                sys.stderr.write(f"{room}: other placeholders: {entry.msgid!r}: {entry.msgstr!r}\n")
                wrong += 1
    return 1 if wrong else 0


def main(arguments: list[str]) -> int:
    """Run `compile`, `check` or `update`."""
    settings.configure(USE_I18N=False)
    django.setup(set_prefix=False)
    commands = {
        "compile": compile_all,
        "check": lambda: check(False) | disagreements() | misfits(),
        "update": lambda: check(True),
    }
    if len(arguments) != 1 or arguments[0] not in commands:
        sys.stderr.write(f"usage: translations.py {'|'.join(commands)}\n")
        return 2
    return commands[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
