"""A hook of mkdocs: each room's README becomes its page, so that it is written once, beside the code."""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/beichen"


def room_readmes() -> dict[str, Path]:
    """Page name → README, for each room, from the ground up."""
    floors = ["kernel", "web", "registry", "platforms", "hubs", "plan", "supports", "fronts", "scenes"]
    found: dict[str, Path] = {}
    for floor in floors:
        for readme in sorted((SOURCE / floor).rglob("README.md")):
            if "tests" not in readme.parts:
                found["-".join(readme.parent.relative_to(SOURCE).parts)] = readme
    return found


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each room, and the list of rooms."""
    rows = []
    for name, readme in room_readmes().items():
        text = readme.read_text(encoding="utf-8")
        title = text.splitlines()[0].lstrip("# ")
        rows.append(f"- [{title}]({name}.md)")
        files.append(File.generated(config, f"rooms/{name}.md", content=text))
    index = "# The rooms\n\n" + "\n".join(rows) + "\n"
    files.append(File.generated(config, "rooms/index.md", content=index))
    return files
