"""A new scene that passes its check: the folder that an author starts from."""

from __future__ import annotations

import re
from pathlib import Path

from beichen.kernel.scene import codes
from beichen.kernel.scene.checklist import RULES
from beichen.kernel.scene.vocabulary import KEBAB, KEY
from beichen.problem import Problem, ProblemError, Where, shorten

_MANIFEST = """\
# What the scene is. `beichen scene docs --schemas DIR` writes schemas with which an editor helps.
scene: {key}
name: {{zh: {key}, en: {title}}}
why: {{zh: 说明这个场景为谁解决什么问题, en: Say whom this scene serves and how}}
version: 0.1.0
owner: {owner}
requires: []
"""
_README = """\
# {title}

Say on one page what this scene does for the people who use it: who they are, what they see, what they
can do, how long they wait, and whom they ask when something is wrong.
"""
_QUALITY_HEAD = "# Each rule of the scene checklist: done, or exempt with a written reason.\n"
_NOT_YET = {
    "stories": "the scene declares nothing yet that a story could prove",
    "bad-input": "the scene takes no input yet",
    "demo": "the scene declares nothing yet that a demo could show",
}


def _quality() -> str:
    lines = [_QUALITY_HEAD]
    for rule in RULES:
        reason = _NOT_YET.get(rule.key)
        answer = f"{{exempt: {reason}}}" if reason else "done"
        lines.append(f"{rule.key}: {answer}  # {rule.en}\n")
    return "".join(lines)


def new_scene(key: str, shelf: Path, *, owner: str = "city-government") -> Path:
    """Write a scene called ``key`` into ``shelf`` and return its folder.

    Raises ProblemError SCN-208 for a key that is no name and SCN-407 when the folder exists.
    """
    if not re.match(KEBAB, key) or len(key) > int(KEY["maxLength"]):
        message = shorten(f"{key!r} is not a name")
        raise ProblemError(Problem(codes.BAD_NAME, message, hint=f"expected {KEY['x-form']}"))
    folder = shelf / key
    if folder.exists():
        raise ProblemError(Problem(codes.EXISTS, "the folder exists already", Where(str(folder))))
    folder.mkdir(parents=True)
    title = key.replace("-", " ").capitalize()
    files = {
        "scene.yaml": _MANIFEST.format(key=key, title=title, owner=owner),
        "README.md": _README.format(title=title),
        "quality.yaml": _quality(),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
