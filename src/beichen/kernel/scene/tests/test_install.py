"""Installing, upgrading, comparing, removing: all or nothing, and again is free."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection

from beichen import settings as chosen
from beichen.kernel.access.models import Account, Role
from beichen.kernel.actor import PUBLIC, system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.org.models import Body, Post, Region
from beichen.kernel.scene import catalogue, codes, installation, service
from beichen.kernel.scene.models import InstalledPackage
from beichen.kernel.scene.report import Outcome
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.sections import people
from beichen.kernel.scene.tests.factories import CITY, SCENE, NotesSection, copy_of, replace_in
from beichen.problem import Level, ProblemError

pytestmark = pytest.mark.django_db
BY = system("test")
CITY_KIND, SCENE_KIND = PackageKind.CITY, PackageKind.SCENE


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> NotesSection:
    """A section of a room that is not ours."""
    section = NotesSection()
    monkeypatch.setitem(catalogue._registered, (section.kind, section.key), section)
    return section


def codes_of(error: pytest.ExceptionInfo[ProblemError]) -> list[str]:
    """The codes that were raised."""
    return [problem.code for problem in error.value.problems]


def test_a_city_becomes_rows() -> None:
    """Regions, bodies and roles stand as the files say; the report counts them."""
    report = service.load_package(CITY, CITY_KIND, by=BY)
    assert report.outcome is Outcome.INSTALLED
    assert report.counts()["regions"]["added"] == 4
    assert Region.objects.get(code="990101").path == "/990000/990100/990101/"
    assert Body.objects.get(key="parks-bureau").path == "/city-government/parks-bureau/"
    assert Role.objects.get(key="gardener").permissions == ["scene.read"]


def test_installing_again_changes_nothing() -> None:
    """The second time writes no row, no audit record of a load, and no event."""
    service.load_package(CITY, CITY_KIND, by=BY)
    events, row = OutboxEvent.objects.count(), InstalledPackage.objects.get()
    report = service.load_package(CITY, CITY_KIND, by=BY)
    assert (report.outcome, bool(report)) == (Outcome.UNCHANGED, False)
    assert OutboxEvent.objects.count() == events
    assert InstalledPackage.objects.get().installed_at == row.installed_at


def test_an_upgrade_says_what_changed(tmp_path: Path) -> None:
    """A renamed body and a region that vanished are told; the region stays, marked."""
    folder = copy_of(CITY, tmp_path)
    service.load_package(folder, CITY_KIND, by=BY)
    replace_in(folder, "city.yaml", "1.0.0", "1.1.0")
    replace_in(folder, "bodies.yaml", "园林局", "绿化局")
    replace_in(folder, "regions.csv", "990102,下溪区,Lower Brook,county,990100,district\n", "")
    report = service.load_package(folder, CITY_KIND, by=BY)
    assert (report.outcome, report.before, report.version) == (Outcome.UPGRADED, "1.0.0", "1.1.0")
    assert report.sections["bodies"].changed == ["parks-bureau"]
    assert report.sections["regions"].removed == ["990102"]
    assert not Region.objects.get(code="990102").is_current


def test_what_was_done_leaves_a_record_and_an_event() -> None:
    """Who installed what is in the audit chain and on the bus."""
    service.load_package(CITY, CITY_KIND, by=BY)
    action = "scene.package.installed"
    assert AuditRecord.objects.get(action=action).resource == "kernel_scene.installedpackage:city:brookton"
    assert OutboxEvent.objects.filter(type=action).count() == 1


def test_a_package_with_mistakes_is_not_installed(tmp_path: Path) -> None:
    """Every mistake is raised, and no row is written."""
    folder = copy_of(CITY, tmp_path)
    replace_in(folder, "city.yaml", "timezone: Asia/Shanghai\n", "")
    replace_in(folder, "bodies.yaml", "kind: department", "knd: department")
    with pytest.raises(ProblemError) as error:
        service.install(folder, by=BY)
    assert codes_of(error) == [codes.UNKNOWN_KEY, codes.MISSING_KEY]
    assert not Region.objects.exists()


def test_a_section_that_refuses_undoes_those_before_it(tmp_path: Path, notes: NotesSection) -> None:
    """What other scenes of the same transaction installed is undone too."""
    copy_of(SCENE, tmp_path, "base")
    folder = copy_of(SCENE, tmp_path, "user", requires=("base",))
    (folder / "notes.txt").write_text("refuse", encoding="utf-8")
    with pytest.raises(ProblemError) as error:
        service.install(folder, by=BY)
    assert codes_of(error) == [codes.NOT_ALLOWED]
    assert notes.done == ["base"]
    assert not InstalledPackage.objects.exists()


def test_required_scenes_are_installed_first_and_once(tmp_path: Path, notes: NotesSection) -> None:
    """Each package of a diamond once, every one after those it requires."""
    for key, requires in (
        ("base", ()),
        ("left", ("base",)),
        ("right", ("base",)),
        ("top", ("left", "right")),
    ):
        copy_of(SCENE, tmp_path, key, requires=requires)
    reports = service.install(tmp_path / "top", by=BY)
    assert [report.key for report in reports] == ["base", "left", "right", "top"]
    assert notes.done == ["base", "left", "right", "top"]


def test_a_long_chain_of_scenes_is_read_once_each(tmp_path: Path) -> None:
    """Thirty scenes that each require all before them are thirty readings, not a thousand million."""
    keys = [f"scene-{number}" for number in range(30)]
    for number, key in enumerate(keys):
        copy_of(SCENE, tmp_path, key, requires=tuple(keys[:number]))
    reading = service.check(tmp_path / keys[-1])
    assert reading.problems == []
    assert reading.package is not None
    assert list(reading.package.required) == keys[:-1]


def test_an_older_version_is_refused(tmp_path: Path) -> None:
    """1.10.0 is newer than 1.9.0: versions compare as numbers."""
    folder = copy_of(SCENE, tmp_path)
    replace_in(folder, "scene.yaml", "1.2.0", "1.10.0")
    service.install(folder, by=BY)
    replace_in(folder, "scene.yaml", "1.10.0", "1.9.0")
    with pytest.raises(ProblemError) as error:
        service.install(folder, by=BY)
    assert codes_of(error) == [codes.OLDER]
    assert str(error.value.problems[0].where).endswith("street-trees/scene.yaml:6:10")


def test_in_production_a_version_has_one_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While developing, the content may change under one version; in production it may not."""
    folder = copy_of(SCENE, tmp_path)
    service.install(folder, by=BY)
    replace_in(folder, "README.md", "Gardeners", "All gardeners")
    assert service.install(folder, by=BY)[0].outcome is Outcome.UPGRADED
    production = replace(chosen.settings(), environment="production")
    monkeypatch.setattr(installation, "settings", lambda: production)
    assert service.install(folder, by=BY)[0].outcome is Outcome.UNCHANGED
    replace_in(folder, "README.md", "All gardeners", "Gardeners")
    with pytest.raises(ProblemError) as error:
        service.install(folder, by=BY)
    assert codes_of(error) == [codes.SAME_VERSION]
    assert error.value.problems[0].message == "version 1.2.0 is installed with another README.md"


def test_a_preview_writes_nothing() -> None:
    """The same report as installing, and an empty database after it."""
    (report,) = service.preview(CITY, by=BY)
    assert report.counts()["bodies"]["added"] == 2
    assert not Region.objects.exists()
    assert not InstalledPackage.objects.exists()
    assert not Role.objects.filter(key="gardener").exists()


def test_removing_keeps_data_and_says_where(tmp_path: Path, notes: NotesSection) -> None:
    """The declarations are withdrawn; what can be found again is named."""
    folder = copy_of(SCENE, tmp_path)
    (folder / "notes.txt").write_text("one", encoding="utf-8")
    service.install(folder, by=BY)
    report = service.remove(folder, by=BY)
    assert report.outcome is Outcome.REMOVED
    assert report.sections["notes"].removed == ["notes"]
    assert report.kept == ["the notes stay in notes.txt"]
    assert not service.installed_packages(SCENE_KIND).exists()
    assert service.install(folder, by=BY)[0].outcome is Outcome.INSTALLED


def test_what_others_require_is_not_removed(tmp_path: Path) -> None:
    """The message names who requires it."""
    base = copy_of(SCENE, tmp_path, "base")
    service.install(copy_of(SCENE, tmp_path, "user", requires=("base",)), by=BY)
    with pytest.raises(ProblemError) as error:
        service.remove(base, by=BY)
    assert codes_of(error) == [codes.STILL_REQUIRED]
    assert error.value.problems[0].message == "base is required by user"


def test_what_is_not_installed_is_not_removed() -> None:
    """There is nothing to remove."""
    with pytest.raises(ProblemError) as error:
        service.remove(SCENE, by=BY)
    assert codes_of(error) == [codes.NOT_INSTALLED]


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    """A name is a folder, or the key of a known package."""
    with pytest.raises(ProblemError) as error:
        service.find_package("changchn")
    assert codes_of(error) == [codes.NOT_FOUND]
    assert error.value.problems[0].hint == "did you mean 'changchun'?"


def test_the_owner_is_a_body_of_the_city() -> None:
    """A scene without one is installed, with a warning."""
    assert [(problem.code, problem.level) for problem in service.install(SCENE, by=BY)[0].warnings] == [
        (codes.NO_REFERENCE, Level.WARNING)
    ]
    service.install(CITY, by=BY)
    assert service.install(SCENE, by=BY)[0].warnings == []


def test_the_public_installs_nothing() -> None:
    """Installing and removing need their permissions."""
    for refused in (service.install, service.preview, service.remove):
        with pytest.raises(ProblemError) as error:
            refused(SCENE, by=PUBLIC)
        assert codes_of(error) == ["ACC-403"]


def test_demo_accounts_need_the_demo_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accounts with a published password exist only where they were asked for."""
    service.install(CITY, by=BY)
    assert not Account.objects.exists()
    with_demo = replace(chosen.settings(), demo=True)
    monkeypatch.setattr(people, "settings", lambda: with_demo)
    assert service.install(CITY, by=BY)[0].sections["people"].added == ["lin"]
    account = Account.objects.get(username="lin")
    assert account.is_demo
    assert account.check_password("brook-demo-2025")
    assert str(Post.objects.get().body) == "园林局"
    assert service.install(CITY, by=BY)[0].sections["people"].unchanged == 1


def test_whether_a_package_is_current(tmp_path: Path) -> None:
    """Only with exactly this content."""
    folder = copy_of(SCENE, tmp_path)
    assert not service.is_current(folder, SCENE_KIND)
    service.install(folder, by=BY)
    assert service.is_current(folder, SCENE_KIND)
    replace_in(folder, "README.md", "Gardeners", "All gardeners")
    assert not service.is_current(folder, SCENE_KIND)


def test_a_section_is_registered_once() -> None:
    """Registering the same section again is nothing; another under its key is a mistake of the room."""
    service.register(catalogue.sections(SCENE_KIND)[0])
    with pytest.raises(ValueError, match="registered twice"):
        service.register(NotesSection(key="pages"))


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_installations_at_once_are_one_after_another() -> None:
    """The second waits, then finds everything as it should be."""
    outcomes: list[Outcome] = []

    def load() -> None:
        try:
            outcomes.append(service.load_package(CITY, CITY_KIND, by=BY).outcome)
        finally:
            connection.close()

    loaders = [threading.Thread(target=load) for _ in range(3)]
    for loader in loaders:
        loader.start()
    for loader in loaders:
        loader.join()
    assert sorted(outcomes) == [Outcome.INSTALLED, Outcome.UNCHANGED, Outcome.UNCHANGED]
