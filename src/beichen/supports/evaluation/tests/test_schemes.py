"""Schemes: everything that is wrong at once, in a file with its place; versions; what a package brings."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from beichen.kernel.org.service import region_by_code
from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.problem import ProblemError
from beichen.settings import settings
from beichen.supports.evaluation import service
from beichen.supports.evaluation.models import Appeal, Round, Scheme, Score, SelfReport
from beichen.supports.evaluation.schemes import faults_of
from beichen.supports.evaluation.tests.city import BY, CRITERIA, OWNER, SCHEME, criterion, found_city, scheme

pytestmark = pytest.mark.django_db
INVENTED = Path(__file__).parents[5] / "tests/cities/invented"


def wrong(**changes: Any) -> list[str]:
    return [problem.code for problem in faults_of(replace(SCHEME, **changes))]


def test_a_sound_scheme_has_no_fault() -> None:
    found_city()
    assert wrong() == []


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        (criterion("more", "self-report", "10", rule="direct"), ["EVA-102"]),
        (criterion("more", "group", "10"), ["EVA-102", "EVA-102"]),
        (criterion("more", "bonus"), ["EVA-104"]),
        (criterion("more", "bonus", limit="3", parent="outcome"), ["EVA-104"]),
        (criterion("view", "bonus", limit="3"), ["EVA-104"]),
        (criterion("more", "bonus", limit="3", parent="nowhere"), ["EVA-104", "EVA-104"]),
    ],
)
def test_levels_and_places_are_checked(changed: Any, codes: list[str]) -> None:
    found_city()
    assert wrong(criteria=(*CRITERIA, changed)) == codes


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"evidence": "indicator:aire"}, ["EVA-105"]),
        ({"evidence": ""}, ["EVA-105"]),
        ({"rule": ""}, ["EVA-104"]),
        ({"rule": "linear", "parameters": {"floor": 3}}, ["EVA-104"]),
        ({"rule": "linear", "parameters": {"floor": 3, "ceiling": 3}}, ["EVA-104"]),
        ({"rule": "linear", "parameters": {"floor": "x", "ceiling": 3}}, ["EVA-104"]),
        ({"rule": "met", "parameters": {"bound": "NaN"}}, ["EVA-104"]),
        ({"rule": "steps", "parameters": {"steps": [3]}}, ["EVA-104"]),
        ({"rule": "steps", "parameters": {}}, ["EVA-104"]),
        ({"rule": "rank", "parameters": {"least_n": 0}}, ["EVA-104"]),
        ({"rule": "rank", "parameters": {"least_n": "x"}}, ["EVA-104"]),
        ({"rule": "rank", "parameters": {}}, []),
        ({"rule": "direct", "source": "survey", "parameters": {"ceiling": 5}}, ["EVA-104"]),
    ],
)
def test_rules_and_evidence_are_checked(values: dict[str, Any], codes: list[str]) -> None:
    found_city()
    told = {"weight": "50", "parent": "outcome", "evidence": "indicator:air", "source": "evidence", **values}
    changed = criterion("air", told.pop("source"), **told)
    assert wrong(criteria=tuple(changed if row.key == "air" else row for row in CRITERIA)) == codes


@pytest.mark.parametrize(
    "grades",
    [
        (),
        ({"zh": "好", "en": "Good", "from": 60},),
        ({"zh": "差", "en": "", "from": 0}, {"zh": "", "from": 60}),
    ],
)
def test_grades_go_down_to_zero(grades: tuple[dict[str, Any], ...]) -> None:
    found_city()
    assert wrong(grades=grades) == ["EVA-122"]


def test_subjects_stand_once() -> None:
    found_city()
    group = {"key": "a", "zh": "", "en": "", "members": ["990101", "990101", "990109"]}
    assert wrong(groups=(group,)) == ["EVA-106", "EVA-106"]
    assert wrong(groups=()) == ["EVA-106"]


def test_a_package_brings_a_draft_once_and_a_change_as_the_next() -> None:
    found_city()
    first = scheme()
    told: Any = {"owner": OWNER, "region": region_by_code("990100"), "by": BY}
    assert service.load_schemes([SCHEME], **told).unchanged == 1
    service.adopt_scheme(first, by=BY)
    changes = service.load_schemes([replace(SCHEME, about="更清楚")], **told)
    assert changes.changed == ["districts"]
    assert list(Scheme.objects.order_by("version").values_list("version", "status")) == [
        (1, "adopted"),
        (2, "draft"),
    ]
    with pytest.raises(ProblemError, match="EVA-122"):
        service.load_schemes([replace(SCHEME, grades=())], **told)


def test_what_was_adopted_is_not_changed() -> None:
    found_city()
    adopted = service.adopt_scheme(scheme(), by=BY)
    for act in (
        lambda: service.adopt_scheme(adopted, by=BY),
        lambda: service.save_criterion(adopted, CRITERIA[0], by=BY, old="outcome"),
        lambda: service.remove_criterion(adopted, "view", by=BY),
    ):
        with pytest.raises(ProblemError, match="EVA-103"):
            act()


def test_keys_and_groups_of_a_draft_are_checked() -> None:
    found_city()
    draft = scheme()
    for code, facts, old in (
        ("EVA-118", CRITERIA[0], ""),
        ("EVA-120", CRITERIA[0], "nothing"),
        ("EVA-120", replace(CRITERIA[3], parent="air"), "view"),
        ("EVA-120", replace(CRITERIA[0], parent="outcome"), "outcome"),
        ("EVA-102", replace(CRITERIA[3], weight=""), "view"),
    ):
        with pytest.raises(ProblemError, match=code):
            service.save_criterion(draft, facts, by=BY, old=old)
    with pytest.raises(ProblemError, match="EVA-120"):
        service.remove_criterion(draft, "nothing", by=BY)
    with pytest.raises(ProblemError, match="EVA-118"):
        service.draft_scheme(SCHEME, region=None, by=BY)


BROKEN = """\
bureaus:
  name: {zh: 部门, en: Bureaus}
  kind: yearly
  subjects: body
  groups:
    - {key: all, name: {zh: 全部, en: All}, members: [water-bureau, water-bureaux]}
  grades:
    - {name: {zh: 好, en: Good}, from: 60}
  criteria:
    - {key: work, name: {zh: 工作, en: Work}, weight: 60, source: self-report}
    - {key: air, name: {zh: 空, en: A}, weight: 30, source: evidence, evidence: indicator:people, rule: rank}
    - key: views
      name: {zh: 意见, en: Views}
      weight: 10
      criteria:
        - {key: view, name: {zh: 意见, en: View}, weight: 90, source: third-party, rule: linear, floor: 3}
    - {key: nothing, name: {zh: 无, en: Nothing}, weight: 1}
"""


def test_a_file_tells_every_mistake_with_its_place(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(INVENTED, tmp_path / "invented"))
    (copy / "evaluation.yaml").write_text(BROKEN, encoding="utf-8")
    reading = packages.check(copy, PackageKind.CITY)
    found = {(problem.code, problem.where.line) for problem in reading.problems}
    assert found == {
        ("EVA-106", 6),
        ("EVA-122", 8),
        ("EVA-105", 11),
        ("EVA-102", 14),
        ("EVA-104", 16),
        ("EVA-104", 17),
    }


def test_the_pilot_city_proposes_schemes_and_shows_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = packages.find_package("changchun", PackageKind.CITY)
    packages.install(folder, by=BY, kind=PackageKind.CITY)
    proposed = {(row.status, row.is_proposal) for row in Scheme.objects.all()}
    assert (Scheme.objects.count(), proposed) == (2, {("draft", True)})
    assert not Round.objects.exists(), "rounds are made up: only a demonstration has them"
    section = next(one for one in packages.sections(PackageKind.CITY) if one.key == "demo-evaluation")
    package = packages.check(folder, PackageKind.CITY).sound()
    shown = replace(settings(), demo=True)
    monkeypatch.setattr("beichen.supports.evaluation.demonstration.settings", lambda: shown)
    assert section.install(package, by=BY).added == ["districts-mid-term-2021-2023", "departments-2024"]
    assert section.install(package, by=BY).unchanged == 2
    rounds = {row.key: row for row in Round.objects.all()}
    assert rounds["districts-mid-term-2021-2023"].stage == "published"
    assert rounds["departments-2024"].subjects.count() == 26
    for model in (Round, SelfReport, Appeal):
        assert not model._default_manager.filter(is_demo=False).exists()
    scores = service.results_of(rounds["districts-mid-term-2021-2023"])
    assert len(scores) == 11
    assert all(isinstance(score, Score) and score.total is not None for score in scores)
