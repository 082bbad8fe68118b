"""Reference pages: what a package declares, the words of stories, and schemas for editors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from beichen.kernel.scene.catalogue import sections
from beichen.kernel.scene.manifest import manifest_schema
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.stories.step import Clause, steps

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def package_page(package: Package) -> str:
    """A package's reference page in Markdown."""
    manifest = package.manifest.value
    name = package.name
    lines = [f"# {name['zh']} · {name['en']}", "", f"`{package.key}` {package.version}"]
    lines += [f"owner: `{manifest['owner']}`"] if "owner" in manifest else []
    lines += [f"requires: {', '.join(f'`{key}`' for key in package.requires)}"] if package.requires else []
    why = manifest.get("why", {})
    lines += ["", *(why[language] for language in ("zh", "en") if language in why)]
    for section in sections(package.kind):
        if package.glob(*section.files):
            described = section.describe(package) or "\n".join(_names(section, package))
            lines += ["", f"## {section.key}", "", described]
    return "\n".join(lines).rstrip() + "\n"


def _names(section: Section, package: Package) -> Iterator[str]:
    """A line for each thing that a section's files declare, or for each file."""
    for name in package.glob(*section.files):
        document = package.document(name)
        if document is None or not isinstance(document.value, dict):
            yield f"- `{name}`"
            continue
        title = document.value.get("story")
        if title is not None:
            yield f"- {title if isinstance(title, str) else title['zh']} (`{name}`)"
            continue
        for key, value in document.value.items():
            words = value.get("name") if isinstance(value, dict) else None
            says = f" — {words['zh']} · {words['en']}" if isinstance(words, dict) else ""
            yield f"- `{key}`{says}"


def language_page() -> str:
    """What packages can declare: the sections of each kind, and the words of stories."""
    lines = ["# Sections and words"]
    for kind in PackageKind:
        lines += ["", f"## {kind}", "", "| section | files | order | what |", "|---|---|---|---|"]
        for section in sections(kind):
            files = ", ".join(f"`{pattern}`" for pattern in section.files)
            what = (type(section).__doc__ or "").strip().partition("\n")[0]
            lines.append(f"| {section.key} | {files} | {section.order} | {what} |")
    for clause in Clause:
        lines += ["", f"## {clause}", ""]
        lines += [f"- `{word}` — {step.zh} · {step.en}" for word, step in steps(clause).items()]
    return "\n".join(lines) + "\n"


def _schemas(kind: PackageKind) -> Iterator[tuple[str, dict[str, Any]]]:
    yield str(kind), manifest_schema(kind)
    for section in sections(kind):
        if any(pattern.endswith(".yaml") for pattern in section.files):
            yield f"{kind}-{section.key}", section.schema()


def write_schemas(folder: Path) -> list[Path]:
    """Write the JSON Schema of every YAML file of every section into ``folder``, for editors."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind in PackageKind:
        for name, schema in _schemas(kind):
            path = folder / f"{name}.schema.json"
            document = {"$schema": _DIALECT, "title": name, **schema}
            path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
            written.append(path)
    return written
