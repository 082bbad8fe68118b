"""`certificates.yaml`: what is declared is installed, and every mistake is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from beichen.kernel.access.models import Account
from beichen.kernel.scene import service as packages
from beichen.platforms.ledger import service
from beichen.platforms.ledger.certificates.demonstration import show
from beichen.platforms.ledger.models import Certificate, CertificateKind
from beichen.platforms.ledger.section import SECTIONS
from beichen.platforms.ledger.tests import offices
from beichen.platforms.ledger.tests.ground import BY

MANIFEST = """\
scene: permits
name: {zh: 证照, en: Permits}
plan: "13.1"
owner: police
version: 1.0.0
"""
GOOD = """\
residence:
  name: {zh: 居住证, en: Residence permit}
  issuer: police
  days: 365
  look: red
  fields:
    name: {name: {zh: 姓名, en: Name}}
    group:
      name: {zh: 类别, en: Group}
      type: choice
      optional: false
      choices: {resident: {zh: 常住, en: Resident}}
"""


def folder(tmp_path: Path, text: str) -> Path:
    found = tmp_path / "permits"
    found.mkdir()
    (found / "scene.yaml").write_text(MANIFEST, encoding="utf-8")
    (found / "certificates.yaml").write_text(text, encoding="utf-8")
    return found


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (GOOD.replace("    name: {name", "    exp: {name"), "LED-503", 7),
        (GOOD.replace("      type: choice\n", ""), "LED-503", 8),
        (GOOD.replace("      choices: {resident: {zh: 常住, en: Resident}}\n", ""), "LED-503", 8),
        (GOOD.replace("look: red", "look: pink"), "SCN-", 5),
        (GOOD.replace("days: 365", "days: -1"), "SCN-", 4),
        (GOOD.replace("  issuer: police\n", ""), "SCN-", 1),
    ],
)
def test_mistakes_are_told_with_their_line(text: str, code: str, line: int, tmp_path: Path) -> None:
    problems = packages.check(folder(tmp_path, text)).problems
    found = [
        (one.code, one.where.line) for one in problems if one.where.file and "certificates" in one.where.file
    ]
    assert [number for name, number in found if name.startswith(code)][:1] == [line], problems


@pytest.mark.django_db
def test_kinds_come_with_their_scene(tmp_path: Path) -> None:
    offices.build()
    package = packages.check(folder(tmp_path, GOOD)).package
    assert package is not None
    section = SECTIONS[0]
    assert section.install(package, by=BY).added == ["residence"]
    row = CertificateKind.objects.get(key="residence")
    assert (row.name, row.issuer.key, row.days, row.look) == ("居住证", "police", 365, "red")
    assert [field["optional"] for field in row.fields] == [True, False]
    assert "Residence permit" in section.describe(package)
    assert section.kept(package) == ["certificates that were issued stay good, at /certificates"]
    assert section.remove(package, by=BY).removed == ["residence"]


@pytest.mark.django_db
def test_a_demo_is_shown_once_and_says_so() -> None:
    offices.build()
    holder = offices.person("zhang")
    Account.objects.update(is_demo=True)
    good = [
        {"kind": offices.ISSUED, "holder": "zhang", "fields": offices.GIVEN},
        {"kind": offices.ISSUED, "fields": offices.GIVEN, "step": "revoke", "reason": "demo"},
        {"kind": offices.ISSUED, "fields": offices.GIVEN, "firm": "DEMO-FIRM-1"},
    ]
    given = service.issue(offices.kind(), offices.GIVEN, by=BY, origin="affair:DEMO", is_demo=True)
    assert len(show(good[:1], by=BY)) == 1
    assert len(show(good, by=BY)) == 2, "neither an affair's nor one that is there stands for the others"
    assert show(good, by=BY) == []
    rows = list(Certificate.objects.exclude(pk=given.pk).order_by("id"))
    assert [(row.is_demo, row.holder, row.firm, row.state) for row in rows] == [
        (True, holder, "", "valid"),
        (True, None, "", "revoked"),
        (True, None, "DEMO-FIRM-1", "valid"),
    ]
