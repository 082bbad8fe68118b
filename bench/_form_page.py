"""The process of `bench.form_page`: a town with the construction permit's form, and what its page weighs."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import brotli
import django

LIMIT_KB = 300
FORM = (
    Path(__file__).resolve().parents[1]
    / "src/beichen/scenes/construction-permit/forms/construction-permit.yaml"
)
_STATIC = re.compile(r'(?:href|src)="/static/([^"?#]+)')
_IMPORT = re.compile(r'(?:from|import)\s*"(\.{1,2}/[^"]+)"')


def kb(content: bytes) -> float:
    """Kilobytes as they are sent."""
    return len(brotli.compress(content, quality=9)) / 1000


def files_of(page: str) -> dict[str, bytes]:
    """Every collected file that the page names, and what its modules import."""
    from django.conf import settings

    waiting: list[str] = [name for name in _STATIC.findall(page) if not name.endswith(".svg")]
    found: dict[str, bytes] = {}
    while waiting:
        name = waiting.pop()
        place = Path(settings.STATIC_ROOT, name)
        if name in found or not place.is_file():
            continue
        found[name] = place.read_bytes()
        if name.endswith(".js"):
            inside = _IMPORT.findall(found[name].decode())
            waiting += [os.path.normpath(Path(name).parent / inner) for inner in inside]
    return found


def main() -> None:
    """Print what was measured as JSON."""
    django.setup()
    from django.core.management import call_command
    from ruamel.yaml import YAML

    from beichen.fronts.services.forms.service import declare_forms
    from beichen.fronts.services.tests import applicants
    from beichen.fronts.services.tests.town import SETUP
    from beichen.house.steps import collect_assets
    from bench.measure import rounded, seconds

    call_command("migrate", verbosity=0)
    collect_assets()
    applicants.build()
    form = YAML(typ="safe").load(FORM.read_text("utf-8"))
    declare_forms({"permit-form": form}, scene="permits", by=SETUP)
    _person, by, browser = applicants.citizen()
    draft = applicants.draft(by, with_drawing=False)
    address = f"/services/apply/permit-item/{draft.code}/form"
    answer = browser.get(address, headers={"Host": "localhost"})
    page = answer.content.decode()
    files = files_of(page)
    scripts = sum(kb(content) for name, content in files.items() if name.endswith(".js"))
    styles = sum(kb(content) for name, content in files.items() if name.endswith(".css"))
    own = kb(answer.content)
    figures = {"page_kb": own, "scripts_kb": scripts, "styles_kb": styles, "all_kb": own + scripts + styles}
    taken = seconds(lambda: browser.get(address, headers={"Host": "localhost"}), times=5)
    note = f"limit {LIMIT_KB} KB; libraries alone: SurveyJS 341 KB, form-js 266 KB"
    print(json.dumps({"files": len(files), "seconds": taken, "note": note, "figures": rounded(figures)}))


if __name__ == "__main__":
    main()
